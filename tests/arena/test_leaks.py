"""What looks like a leak blocks publishing until the instructor says why it is right."""

from __future__ import annotations

import numpy as np
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from arena.audit.models import Event
from arena.authoring import services


def data_of(rng: np.random.Generator) -> dict[str, object]:
    """Forty hidden rows whose ids begin with the class."""
    labels = rng.choice(["a", "b"], 40)
    ids = [f"{label}{i}" for i, label in enumerate(labels)]
    solution = "id,label,Usage\n" + "".join(
        f"{key},{label},{'Public' if i % 2 else 'Private'}\n"
        for i, (key, label) in enumerate(zip(ids, labels, strict=True))
    )
    test = "id,x\n" + "".join(f"{key},{rng.normal():.3f}\n" for key in ids)
    return {
        "way": "files",
        "solution": SimpleUploadedFile("solution.csv", solution.encode()),
        "public": SimpleUploadedFile("test.csv", test.encode()),
    }


def test_a_leak_is_shown_and_accepted_with_a_reason_that_new_data_takes_away(client, cast):
    client.force_login(cast.instructor)
    address = reverse("edit_data", args=[cast.competition.slug])
    rng = np.random.default_rng(0)
    assert client.post(address, data_of(rng)).status_code == 302
    page = client.get(address).content.decode()
    assert "A part of the id tells “label” of 40 hidden rows." in page
    assert "Accept what was found" in page
    cast.competition.refresh_from_db()
    assert not all(check.is_met for check in services.data_checks(cast.competition))

    assert client.post(address, {"way": "accept", "reason": ""}).status_code == 422
    assert client.post(address, {"way": "accept", "reason": "The plate is part of the task."}).status_code == 302
    page = client.get(address).content.decode()
    assert "Accepted: The plate is part of the task." in page
    assert "Accept what was found" not in page
    cast.competition.refresh_from_db()
    assert all(check.is_met for check in services.data_checks(cast.competition))
    assert Event.objects.filter(action="competition.leaks_accepted").get().actor == cast.instructor

    client.post(address, data_of(rng))
    assert "Accept what was found" in client.get(address).content.decode()
