"""The sentences of a trace, by rule and language. `{before}` and `{after}` are marks; the rest are the rule's own values."""

from __future__ import annotations

FLAGGED = frozenset(
    {
        "no_project",
        "invalid_project",
        "not_presented",
        "not_presented_deduction",
        "late_noted",
        "disqualified",
        "plagiarism_open",
        "plagiarism_undecided",
        "no_baseline",
        "no_test",
        "lab_test_unscored",
        "no_other_lab",
        "no_extra",
        "exact_pass_exam",
        "exact_pass_lab",
        "absent",
    }
)

# What a parameter may name, in each language.
WORDS = {
    "@project": {"en": "project", "ro": "proiect"},
    "@test": {"en": "lab test", "ro": "test de laborator"},
}

TEXTS: dict[str, dict[str, str]] = {
    "no_project": {
        "en": "No project was handed in, so it counts as {after}.",
        "ro": "Nu a fost predat niciun proiect, deci se punctează cu {after}.",
    },
    "invalid_project": {
        "en": "Nothing valid was handed in for the project, so it counts as {after}.",
        "ro": "Pentru proiect nu s-a predat nimic valid, deci se punctează cu {after}.",
    },
    "not_presented": {
        "en": "The project was not presented, so it counts as {after}.",
        "ro": "Proiectul nu a fost prezentat, deci se punctează cu {after}.",
    },
    "disqualified": {
        "en": "The project was disqualified, so it counts as {after}.",
        "ro": "Proiectul a fost descalificat, deci se punctează cu {after}.",
    },
    "team": {
        "en": "The project is that of the team “{team}” ({members}); its rank is that of each member.",
        "ro": "Proiectul este al echipei „{team}” ({members}); locul ei este locul fiecărui membru.",
    },
    "public_rank": {
        "en": "The public leaderboard counts here: rank {rank} (on the private one it is {private_rank}).",
        "ro": "Aici contează clasamentul public: locul {rank} (în cel privat, locul {private_rank}).",
    },
    "closed_up": {
        "en": "Disqualified participants left the ranking, so rank {own_rank} became rank {rank}.",
        "ro": "Participanții descalificați au ieșit din clasament, deci locul {own_rank} a devenit locul {rank}.",
    },
    "enrolled_rank": {
        "en": "Only students enrolled in the course are ranked, so rank {own_rank} became rank {rank}.",
        "ro": "Se clasează doar studenții înscriși la curs, deci locul {own_rank} a devenit locul {rank}.",
    },
    "shared_rank": {
        "en": "The private score {score} is shared with others, so rank {rank} counts instead of {own_rank}.",
        "ro": "Scorul privat {score} este la egalitate cu alții, deci contează locul {rank}, nu locul {own_rank}.",
    },
    "band": {
        "en": "Rank {rank} on the private leaderboard lies between {first} and {last}, which gives {after}.",
        "ro": "Locul {rank} în clasamentul privat se află între {first} și {last}, ceea ce dă nota {after}.",
    },
    "band_open": {
        "en": "Rank {rank} on the private leaderboard is {first} or below, which gives {after}.",
        "ro": "Locul {rank} în clasamentul privat este {first} sau mai jos, ceea ce dă nota {after}.",
    },
    "linear_in_band": {
        "en": "Inside the band of ranks {first} to {last}, rank {rank} lowers the mark in proportion, from {before} to {after}.",
        "ro": "În intervalul locurilor {first}–{last}, locul {rank} scade nota proporțional, de la {before} la {after}.",
    },
    "linear_in_score": {
        "en": "The private score {score}, between the baseline's {baseline} and the best one, {best}, gives {after} in proportion.",
        "ro": "Scorul privat {score}, între scorul de referință {baseline} și cel mai bun scor, {best}, dă proporțional nota {after}.",
    },
    "deduction": {
        "en": "For presentation and documentation {points} points are deducted: {before} becomes {after}.",
        "ro": "Pentru prezentare și documentație se scad {points} puncte: {before} devine {after}.",
    },
    "not_presented_deduction": {
        "en": "The project was not presented, so {points} points are deducted: {before} becomes {after}.",
        "ro": "Proiectul nu a fost prezentat, deci se scad {points} puncte: {before} devine {after}.",
    },
    "late": {
        "en": "What counts was handed in late (days begun since the deadline: {days}), so {points} points are deducted: {before} becomes {after}.",
        "ro": "Ceea ce se punctează a fost predat cu întârziere (zile începute după termen: {days}), deci se scad {points} puncte: {before} devine {after}.",
    },
    "late_noted": {
        "en": "What counts was handed in late (days begun since the deadline: {days}); nothing is deducted for it.",
        "ro": "Ceea ce se punctează a fost predat cu întârziere (zile începute după termen: {days}); nu se scade nimic pentru aceasta.",
    },
    "plagiarism_open": {
        "en": "The code looks like somebody else's, and nobody has decided about it yet; the mark stays {after} until then.",
        "ro": "Codul seamănă cu al altcuiva și nu s-a luat încă o decizie; până atunci nota rămâne {after}.",
    },
    "plagiarism_undecided": {
        "en": "Copied code was confirmed, but no consequence has been decided yet; the mark stays {after} until then.",
        "ro": "S-a confirmat cod copiat, dar nu s-a decis încă o consecință; până atunci nota rămâne {after}.",
    },
    "plagiarism_project": {
        "en": "Copied code was confirmed, so the project counts as {after} instead of {before}.",
        "ro": "S-a confirmat cod copiat, deci proiectul se punctează cu {after} în loc de {before}.",
    },
    "plagiarism_course": {
        "en": "Copied code was confirmed, so the course is failed with at most {cap}: {before} becomes {after}.",
        "ro": "S-a confirmat cod copiat, deci cursul nu este promovat, cu cel mult {cap}: {before} devine {after}.",
    },
    "decided": {
        "en": "A person decided about this project: it counts as {after} instead of {before}.",
        "ro": "S-a luat o decizie individuală despre acest proiect: se punctează cu {after} în loc de {before}.",
    },
    "baseline_passed": {
        "en": "The private score {score} exceeds the baseline's {baseline}, so the project keeps {after}.",
        "ro": "Scorul privat {score} depășește scorul de referință {baseline}, deci proiectul păstrează nota {after}.",
    },
    "baseline_gate": {
        "en": "The private score {score} does not exceed the baseline's {baseline}, so the project gets at most {cap}: {before} becomes {after}.",
        "ro": "Scorul privat {score} nu depășește scorul de referință {baseline}, deci proiectul primește cel mult {cap}: {before} devine {after}.",
    },
    "no_baseline": {
        "en": "The competition has no baseline score yet, so the project was not compared with it.",
        "ro": "Competiția nu are încă un scor de referință, deci proiectul nu a fost comparat cu acesta.",
    },
    "no_test": {
        "en": "There is no mark for the lab test, so it counts as {after}.",
        "ro": "Nu există notă la testul de laborator, deci se punctează cu {after}.",
    },
    "lab_test": {
        "en": "The lab test has {requirement} points for requirements and, for the score {score} of {target}, {accuracy} of {most} points: {after}.",
        "ro": "Testul de laborator are {requirement} puncte pentru cerințe și, pentru scorul {score} din {target}, {accuracy} din {most} puncte: {after}.",
    },
    "lab_test_unscored": {
        "en": "The lab test has {requirement} points for requirements and, without a score, {accuracy} of {most} points for it: {after}.",
        "ro": "Testul de laborator are {requirement} puncte pentru cerințe și, în lipsa unui scor, {accuracy} din {most} puncte pentru acesta: {after}.",
    },
    "lab_test_from": {
        "en": "The lab test has {requirement} points for requirements and, for the score {score} between {start} and {target}, {accuracy} of {most} points: {after}.",
        "ro": "Testul de laborator are {requirement} puncte pentru cerințe și, pentru scorul {score} între {start} și {target}, {accuracy} din {most} puncte: {after}.",
    },
    "no_extra": {
        "en": "There is no mark for “{name}”, so it counts as {after}.",
        "ro": "Nu există notă la „{name}”, deci se punctează cu {after}.",
    },
    "ml_lab_parts": {
        "en": "The lab mark of this subject is {sum} = {after}.",
        "ro": "Nota de laborator la această materie este {sum} = {after}.",
    },
    "ml_lab": {
        "en": "The lab mark of this subject is {project_weight} × {project} (project) + {test_weight} × {test} (lab test) = {after}.",
        "ro": "Nota de laborator la această materie este {project_weight} × {project} (proiect) + {test_weight} × {test} (test) = {after}.",
    },
    "no_other_lab": {
        "en": "There is no lab mark of the other subject, so it counts as {after}.",
        "ro": "Nu există notă de laborator la cealaltă materie, deci se punctează cu {after}.",
    },
    "lab_mean": {
        "en": "The lab mark is the mean of {ml_lab} (this subject) and {other} (the other one): {after}.",
        "ro": "Nota de laborator este media dintre {ml_lab} (această materie) și {other} (cealaltă): {after}.",
    },
    "lab_own": {
        "en": "The lab mark is that of this subject: {after}.",
        "ro": "Nota de laborator este cea de la această materie: {after}.",
    },
    "lab_weighted": {
        "en": "The lab mark is {own_weight} × {ml_lab} (this subject) + {other_weight} × {other} (the other one) = {after}.",
        "ro": "Nota de laborator este {own_weight} × {ml_lab} (această materie) + {other_weight} × {other} (cealaltă) = {after}.",
    },
    "no_bonuses": {
        "en": "Bonuses do not count at this examination.",
        "ro": "Bonusurile nu se acordă la această examinare.",
    },
    "course_bonus_cap": {
        "en": "The bonus for lecture quizzes is at most {cap}, so {total} points count as {points}.",
        "ro": "Bonusul pentru quizurile de la curs este de cel mult {cap}, deci {total} puncte se socotesc drept {points}.",
    },
    "course_bonus": {
        "en": "The places in the lecture quizzes ({places}) add {points} to the exam mark: {before} becomes {after}.",
        "ro": "Locurile obținute la quizurile de la curs ({places}) adaugă {points} la nota de examen: {before} devine {after}.",
    },
    "lab_bonus_cap": {
        "en": "The bonus for answers in the labs is at most {cap}, so {total} points count as {points}.",
        "ro": "Bonusul pentru răspunsurile de la laborator este de cel mult {cap}, deci {total} puncte se socotesc drept {points}.",
    },
    "lab_bonus": {
        "en": "First correct answers in the labs ({answers}, at most {per_lab} a lab) add {points} to the lab mark: {before} becomes {after}.",
        "ro": "Primele răspunsuri corecte la laborator ({answers}, cel mult {per_lab} pe laborator) adaugă {points} la nota de laborator: {before} devine {after}.",
    },
    "pooled_cap": {
        "en": "Both bonuses together are at most {cap}, so the {total} points from the labs count as {points}.",
        "ro": "Cele două bonusuri însumează cel mult {cap}, deci cele {total} puncte de la laborator se socotesc drept {points}.",
    },
    "mark_cap": {
        "en": "A mark is at most {after}, so {before} becomes {after}.",
        "ro": "O notă este cel mult {after}, deci {before} devine {after}.",
    },
    "absent": {
        "en": "There is no exam mark, so there is no final mark: absent.",
        "ro": "Nu există notă la examen, deci nu există notă finală: absent.",
    },
    "exact_pass_exam": {
        "en": "The exam mark is exactly {after}, the mark that is needed: please check it by hand.",
        "ro": "Nota de examen este exact {after}, adică nota necesară: vă rugăm să o verificați manual.",
    },
    "exact_pass_lab": {
        "en": "The lab mark is exactly {after}, the mark that is needed: please check it by hand.",
        "ro": "Nota de laborator este exact {after}, adică nota necesară: vă rugăm să o verificați manual.",
    },
    "final": {
        "en": "The final mark is {exam_weight} × {exam} (exam) + {lab_weight} × {lab} (lab) = {before}, rounded to {after}.",
        "ro": "Nota finală este {exam_weight} × {exam} (examen) + {lab_weight} × {lab} (laborator) = {before}, rotunjită la {after}.",
    },
    "failed": {
        "en": "Exam and lab must both reach {pass_mark}, but are {exam} and {lab}, so the final mark is at most {cap}: {before} becomes {after}.",
        "ro": "Examenul și laboratorul trebuie să ajungă ambele la {pass_mark}, dar sunt {exam} și {lab}, deci nota finală este cel mult {cap}: {before} devine {after}.",
    },
    "failed_strict": {
        "en": "Exam and lab must both be above {pass_mark}, but are {exam} and {lab}, so the final mark is at most {cap}: {before} becomes {after}.",
        "ro": "Examenul și laboratorul trebuie să fie ambele peste {pass_mark}, dar sunt {exam} și {lab}, deci nota finală este cel mult {cap}: {before} devine {after}.",
    },
}
