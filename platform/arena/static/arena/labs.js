// First correct answers by one tap, kept on the phone until the network is back; and choosing a line of code by a tap.
"use strict";
(() => {
  const form = document.querySelector("[data-taps]");
  if (form) {
    const store = `taps-${form.dataset.taps}`;
    const status = document.getElementById("taps-status");
    const perLab = Number(form.dataset.perLab);
    const csrf = form.querySelector("[name=csrfmiddlewaretoken]").value;
    const waiting = () => JSON.parse(localStorage.getItem(store) || "[]");
    const keep = (taps) => localStorage.setItem(store, JSON.stringify(taps));
    const button = (pk) => form.querySelector(`button[value="${pk}"]`);
    const show = (pk, count) => {
      const one = button(pk);
      if (!one) return;
      one.dataset.count = count;
      one.toggleAttribute("data-full", count >= perLab);
      one.querySelector(".stars").textContent = "★".repeat(count);
    };
    const say = (text, kind, tap) => {
      status.replaceChildren();
      const note = Object.assign(document.createElement("p"), { className: `note ${kind}`, textContent: `${text} ` });
      if (tap) {
        const back = Object.assign(document.createElement("button"), { type: "button", className: "small plain" });
        back.textContent = form.dataset.undo;
        back.addEventListener("click", () => take(tap));
        note.append(back);
      }
      status.append(note);
    };
    const post = (values) =>
      fetch(form.action, { method: "POST", body: new URLSearchParams(values), headers: { "X-CSRFToken": csrf } });
    const uuid = () =>
      crypto.randomUUID?.() ??
      "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
        (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16),
      );
    let sending = false;
    const flush = async () => {
      if (sending) return;
      sending = true;
      try {
        for (let taps = waiting(); taps.length; taps = waiting()) {
          const tap = taps[0];
          const answer = await post({ enrolment: tap.enrolment, key: tap.key });
          if (answer.status >= 500) throw new Error("later");
          keep(waiting().slice(1));
          if (answer.ok) {
            show(tap.enrolment, (await answer.json()).count);
            say(`${form.dataset.done} ${tap.name}.`, "", tap);
          } else {
            const problem = await answer.json().catch(() => ({}));
            show(tap.enrolment, tap.before);
            say(problem.message || form.dataset.fault, "error");
          }
        }
      } catch {
        say(`${waiting().map((tap) => tap.name).join(", ")}: ${form.dataset.waits}`, "warn");
      }
      sending = false;
    };
    const take = async (tap) => {
      const answer = await post({ key: tap.key, remove: 1 }).catch(() => null);
      if (answer?.ok) {
        show(tap.enrolment, (await answer.json()).count);
        status.replaceChildren();
      } else say(form.dataset.fault, "error");
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const one = event.submitter;
      const before = Number(one.dataset.count);
      const name = one.firstElementChild.firstChild.textContent.trim();
      keep([...waiting(), { enrolment: one.value, key: uuid(), name, before }]);
      if (before < perLab) show(one.value, before + 1);
      flush();
    });
    addEventListener("online", flush);
    setInterval(() => waiting().length && flush(), 5000);
    flush();
    const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    document.querySelector("[data-tap-filter]").addEventListener("input", (event) => {
      const wanted = plain(event.target.value.trim());
      for (const item of form.querySelectorAll(".taps li")) item.hidden = !plain(item.textContent).includes(wanted);
    });
  }

  for (const code of document.querySelectorAll("[data-comment-file]")) {
    code.addEventListener("click", (event) => {
      const line = event.target.closest("[data-n]");
      if (!line) return;
      document.getElementById("file").value = code.dataset.commentFile;
      document.getElementById("line").value = line.dataset.n;
      document.getElementById("text").focus();
    });
  }
})();
