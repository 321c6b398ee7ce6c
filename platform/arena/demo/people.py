"""The demo's people: obviously invented names, made from two lists. No real person is meant."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass

N_STUDENTS = 158
FIRST = [
    "Brândușa",
    "Ghiocel",
    "Lăcrămioara",
    "Narcisa",
    "Sulfina",
    "Mușețel",
    "Crăița",
    "Zambila",
    "Pătlăgica",
    "Busuioc",
    "Cimbrișor",
    "Rozmarin",
    "Țelina",
    "Păstârnac",
    "Morcoveața",
    "Castravel",
    "Dovlecica",
    "Ridichea",
    "Lobodița",
    "Măcriș",
    "Untișor",
    "Păpădia",
    "Trifoi",
    "Cicoarea",
]
LAST = [
    "Stâncărescu",
    "Norișor-Întunecat",
    "Fluturaș",
    "Șoricel",
    "Vâltoarea",
    "Brumărel",
    "Căldărușă",
    "Zăpăcescu",
    "Țopăilă",
    "Gărgărița",
    "Pufăiescu",
    "Clopoțel",
    "Vântuleț",
    "Scânteiuță",
    "Măgărușu",
    "Bâzdâgan",
]
GROUPS = ("141", "142", "143", "144")


@dataclass(frozen=True)
class Person:
    """Somebody of the demo. Everybody's password is the demo's."""

    email: str
    name: str
    group: str = ""


INSTRUCTOR = Person("instructor@demo.example", "Prof. Castana Demonstrativă")
ASSISTANTS = (Person("assistant@demo.example", "Asistent Salcâm Exemplu"),)
ADMIN = Person("admin@demo.example", "Admin Demonstrativ")
PASSWORD = "demo-arena-2026"  # noqa: S105 - printed on the terminal of a demo


def students() -> list[Person]:
    """158 students; the first is the one to sign in as."""
    names = [f"{first} {last}" for first, last in itertools.product(FIRST, LAST)]
    random.Random(158).shuffle(names)  # noqa: S311 - an order, no secret
    names[3] = "Lăcrămioara-Brândușa-Sulfina Norișor-Întunecat Stâncărescu-Căldărușă"
    people = [Person("student@demo.example", names[0], GROUPS[0])]
    for number in range(1, N_STUDENTS):
        people.append(Person(f"student{number:03}@demo.example", names[number], GROUPS[number % len(GROUPS)]))
    return people
