"""Titles, summaries and descriptions of the demo's competitions, in English and Romanian."""

from __future__ import annotations

HOW_EN = """
## Data
`train.csv` has an `id`, the features and the `label`. `test.csv` has no labels. Predict one label for each of its ids.

## Evaluation
Accuracy. 30% of the test rows make the public board; the rest decides the marks once the competition is over.

## What to hand in
Either a CSV like `sample_submission.csv`, or your `.py` code: it finds the files in `./data`, has no network, and
writes `submission.csv`. Notebooks are not accepted. Your own work only: no code from colleagues or from the web.
"""
HOW_RO = """
## Date
`train.csv` conține un `id`, trăsăturile și eticheta `label`. `test.csv` nu are etichete. Preziceți câte o etichetă
pentru fiecare id.

## Evaluare
Acuratețe. 30% din exemplele de test formează clasamentul public; restul decide notele la sfârșitul competiției.

## Ce se predă
Fie un CSV precum `sample_submission.csv`, fie codul vostru `.py`: găsește fișierele în `./data`, nu are rețea și scrie
`submission.csv`. Nu se acceptă notebook-uri. Doar munca proprie: fără cod de la colegi sau de pe web.
"""


def _texts(title: str, title_ro: str, summary: str, summary_ro: str) -> dict[str, str]:
    return {
        "title": title,
        "title_ro": title_ro,
        "summary": summary,
        "summary_ro": summary_ro,
        "description": f"## Task\n{summary}\n{HOW_EN}",
        "description_ro": f"## Sarcina\n{summary_ro}\n{HOW_RO}",
    }


TEXTS = {
    "dialects": _texts(
        "Velmor, Quzzak or Pipilo?",
        "Velmor, Quzzak sau Pipilo?",
        "Three peoples of a far planet share syllables and borrow each other's words. Whose sentence is it?",
        "Trei popoare de pe o planetă îndepărtată împart silabe și își împrumută cuvinte. A cui este propoziția?",
    ),
    "digits": _texts(
        "Handwritten digits",
        "Cifre scrise de mână",
        "Tell ten digits apart from 8 × 8 grey pixels.",
        "Deosebiți cele zece cifre din 8 × 8 pixeli gri.",
    ),
    "tumours": _texts(
        "Benign or malignant",
        "Benign sau malign",
        "Classify tumours from thirty measurements of their cells. Mind the 19-digit ids.",
        "Clasificați tumori după treizeci de măsurători ale celulelor. Atenție la id-urile cu 19 cifre.",
    ),
    "wine-lab-test": _texts(
        "Lab test: wine cultivars",
        "Test de laborator: soiuri de vin",
        "Implement and train the given classifier in class; accuracy counts towards the target.",
        "Implementați și antrenați clasificatorul dat, în laborator; acuratețea contează față de țintă.",
    ),
}
