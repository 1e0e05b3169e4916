"""Who a word problem is about, and the words that must agree with them."""

from __future__ import annotations

from random import Random

from training.data import vocabulary as v
from training.data.phrase import one_of

Slots = dict[str, str]

# Names that only prompts about people use, so that no name is tied to a kind of problem.
FURTHER_SHE = """
Mona Lea Yara Zara Selma Astrid Ingrid Helga Petra Monika Sonja Tanja Irina Nadia Samira Layla Noor Zainab Mariam Esther
Ruth Judith Martha Agnes Edith Iris Rose Violet Holly Penny Kim Ann Beth Megan Lucia Bianca Paola Chiara Giulia
Camila Valeria Ximena Yuna Sakura Hye Lan Linh Anjali Divya Meera Sunita Chidi Amina Abena Zola Freda Karin Wilma
""".split()  # noqa: SIM905
FURTHER_HE = """
Sven Yusuf Lars Erik Olaf Nils Karim Mehmet Ahmed Ibrahim Khalid Tariq Bilal Rashid Boris Igor Dmitri Pavel Milan Luka
Marco Luca Matteo Giovanni Pedro Miguel Jorge Luis Juan Rafael Bruno Andre Pierre Jean Louis Marcel Stefan Klaus Hans
Fritz Werner Rolf Gustav Axel Finn Ian Sean Patrick Kevin Brian Gary Ron Fred Ted Ned Joe Bill Will Hiro Takeshi Wei
Jun Raj Vikram Kwame Kofi Tunde Levi Ezra Isaac Jacob Daniel
""".split()  # noqa: SIM905


def made_up_word(rng: Random, least: int = 2, most: int = 4) -> str:
    """A pronounceable word that means nothing."""
    return "".join(one_of(rng, v.SYLLABLES) for _ in range(rng.randint(least, most)))


def made_up_name(rng: Random) -> str:
    """A capitalised pronounceable name."""
    return made_up_word(rng, 2, 3).capitalize()


def name(rng: Random, made_up: float = 0.15) -> str:
    """A first name, now and then one that nobody bears."""
    kind = rng.random()
    if kind < made_up:
        return made_up_name(rng)
    if kind < made_up + 0.12:
        return one_of(rng, FURTHER_SHE if rng.random() < 0.5 else FURTHER_HE)
    return one_of(rng, v.NAMES)


def things(rng: Random) -> str:
    """A plural noun, now and then one without a meaning, so that answers depend on the problem's shape alone."""
    return made_up_word(rng, 2, 3) + "s" if rng.random() < 0.1 else one_of(rng, v.THINGS)


def named(rng: Random) -> Slots:
    """Slots of a person with a name (see `somebody`)."""
    female = rng.random() < 0.5
    kind = rng.random()
    if kind < 0.12:
        who = made_up_name(rng)
    elif kind < 0.25:
        who = one_of(rng, FURTHER_SHE if female else FURTHER_HE)
    else:
        who = one_of(rng, v.SHE if female else v.HE)
    return _third_person(who, who, "she" if female else "he")


def _third_person(subject: str, inside: str, pronoun: str) -> Slots:
    return {
        "S": subject,
        "s": inside,
        "he": pronoun,
        "He": pronoun.capitalize(),
        "his": {"she": "her", "he": "his", "it": "its"}[pronoun],
        "him": {"she": "her", "he": "him", "it": "it"}[pronoun],
        "x": "s",
        "es": "es",
        "has": "has",
        "does": "does",
        "is": "is",
        "was": "was",
    }


def _plain(subject: str, inside: str, pronoun: str, his: str, him: str, be: str, been: str) -> Slots:
    return {
        "S": subject,
        "s": inside,
        "he": pronoun,
        "He": pronoun[0].upper() + pronoun[1:],
        "his": his,
        "him": him,
        "x": "",
        "es": "",
        "has": "have",
        "does": "do",
        "is": be,
        "was": been,
    }


def somebody(rng: Random) -> Slots:
    """Slots of a problem's subject.

    `S`, `s`: the subject at a sentence's start and inside one; `he`, `He`, `his`, `him`: pronouns; `x`, `es`:
    verb endings; `has`, `does`, `is`, `was`: verb forms.
    """
    kind = rng.random()
    if kind < 0.55:
        return named(rng)
    if kind < 0.66:
        return _plain("I", "I", "I", "my", "me", "am", "was")
    if kind < 0.71:
        return _plain("We", "we", "we", "our", "us", "are", "were")
    if kind < 0.75:
        return _plain("You", "you", "you", "your", "you", "are", "were")
    if kind < 0.84:
        female = rng.random() < 0.5
        kin = one_of(rng, v.KIN_ANY if rng.random() < 0.25 else v.KIN_SHE if female else v.KIN_HE)
        if rng.random() < 0.15:
            return _third_person(kin.capitalize(), kin, "she" if female else "he")
        owner = one_of(rng, ("My", "Our", "My"))
        if rng.random() < 0.2:
            owner = inside = one_of(rng, v.NAMES) + "'s"
        else:
            inside = owner.lower()
        return _third_person(f"{owner} {kin}", f"{inside} {kin}", "she" if female else "he")
    article = one_of(rng, ("A", "The"))
    if kind < 0.93:
        role = one_of(rng, v.ROLES)
        pronoun = one_of(rng, ("he", "she"))
        return _third_person(f"{article} {role}", f"the {role}", pronoun)
    body = one_of(rng, v.BODIES)
    return _third_person(f"{article} {body}", f"the {body}", "it")


def verb(rng: Random, verbs: list[tuple[str, str, str]], person: Slots, past: bool) -> str:
    """A verb of `verbs` (base, third person, past) in the form that fits the person and the tense."""
    base, third, done = one_of(rng, verbs)
    return done if past else third if person["x"] else base
