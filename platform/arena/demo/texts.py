"""Titles, summaries and task texts of the demo's competitions, in English and Romanian. The long ones lie in `tasks/`."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent / "tasks"
# title, title in Romanian, summary, summary in Romanian
NAMES = {
    "dialects": (
        "Velmor, Quzzak or Pipilo?",
        "Velmor, Quzzak sau Pipilo?",
        "Three peoples of a far planet share syllables and borrow each other's words. Whose sentence is it?",
        "Trei popoare de pe o planetă îndepărtată împart silabe și își împrumută cuvinte. A cui este propoziția?",
    ),
    "digits": (
        "Handwritten digits",
        "Cifre scrise de mână",
        "Tell ten digits apart from 8 × 8 grey pixels.",
        "Deosebiți cele zece cifre din 8 × 8 pixeli gri.",
    ),
    "tumours": (
        "Benign or malignant",
        "Benign sau malign",
        "Classify tumours from thirty measurements of their cells. Mind the 19-digit ids.",
        "Clasificați tumori după treizeci de măsurători ale celulelor. Atenție la id-urile cu 19 cifre.",
    ),
    "wine-lab-test": (
        "Lab test: wine cultivars",
        "Test de laborator: soiuri de vin",
        "Implement and train the given classifier in class; accuracy counts towards the target.",
        "Implementați și antrenați clasificatorul dat, în laborator; acuratețea contează față de țintă.",
    ),
    "progress": (
        "Diabetes, a year on",
        "Diabetul, după un an",
        "Regression: how far will the disease have come, from ten measurements?",
        "Regresie: cât va fi avansat boala, după zece măsurători?",
    ),
    "ranking": (
        "A matter of taste",
        "O chestiune de gust",
        "Ranking: put four hundred things into the order in which they would be liked.",
        "Ordonare: puneți patru sute de lucruri în ordinea în care ar plăcea.",
    ),
    "groups": (
        "Five sources, no labels",
        "Cinci surse, nicio etichetă",
        "Clustering: which of six hundred points belong together?",
        "Grupare: care dintre cele șase sute de puncte merg împreună?",
    ),
    "analogies": (
        "King is to queen",
        "Regele și regina",
        "Embeddings: learn vectors for words, then say what a is to b as c is to.",
        "Reprezentări: învățați vectori pentru cuvinte, apoi completați analogiile.",
    ),
    "generation": (
        "Draw a digit",
        "Desenați o cifră",
        "Generation: draw digits that a classifier recognises. Its metric is a program of the instructor's.",
        "Generare: desenați cifre pe care le recunoaște un clasificator. Metrica este un program al profesorului.",
    ),
}


def texts(slug: str, *, daily_limit: int, wall_time_s: int) -> dict[str, str]:
    """The text fields of a competition; the rules name its limits."""
    title, title_ro, summary, summary_ro = NAMES[slug]

    def task(language: str) -> str:
        own, rules = (_read(f"{name}.{language}.md") for name in (slug, "rules"))
        return f"{own}\n{rules.format(slug=slug, daily_limit=daily_limit, wall_time_s=wall_time_s)}"

    return {
        "title": title,
        "title_ro": title_ro,
        "summary": summary,
        "summary_ro": summary_ro,
        "description": task("en"),
        "description_ro": task("ro"),
    }


def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
