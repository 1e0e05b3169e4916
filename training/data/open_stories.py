"""Stories and poems. The text of a form is one template."""

from __future__ import annotations

from training.data import open_words  # noqa: F401  (adds its lists)
from training.data.open_form import TELL, Form

START = "[Once upon a time|Long ago|Many years ago] a <nature> {a} named {n} lived in the {p}."


START_AN = (
    "[In the {p} there lived a <nature> {a} named {n}.|"
    + START
    + "|{n} was a <nature> {a} and lived in the {p}.]"
)


MIDDLE = (
    " [One <when> {n} <found> a <look> <object> <under> the <look> <spot_noun>."
    "|Every <when> {n} <went> <far> and <heard> a <nature> <friend>."
    "|One <when> a <nature> <friend> <said> that the <look> <object> was <under> the <spot_noun>.]"
    " [{n} was <felt> and <felt>, but a <nature> <friend> <went> along."
    "|The <look> <object> was for a <nature> <friend> from the <place_noun>."
    "|For <number_word> <time_spans> {n} <heard> the <sound> of the <place_noun>.]"
)


END = (
    " [Then {n} <went> <far> with a <look> <object> and some <food>.|At last {n} <found> the <look> <place_noun> and was <felt>."
    "|In the end the <friend> and the {a} <went> <far> and ate some <food>.]"
    " [Since that <time_span> nobody in the {p} was <felt>.|Since that <time_span> {n} was never <felt> in the {p}.]"
)


STORY = START_AN + MIDDLE + END


RHYMES = (
    "[The <sky> is <look>, the <sky> is <look>,\nthe <nature> <friend> is never cold.\nThe <look> <object> <does_softly> <softly>\nand tells the stories it was told."
    "|A <nature> <friend>, a <look> <object>,\nthe <sky> above the <spot_noun> is white.\nIt <does_softly> <softly> in the <place_noun>\nand keeps a <look> <object> in the night."
    "|The <nature> <friend> looks at the sea,\nthe <sky> <does_softly> <softly> and free.\nA <look> <object> <under> the <spot_noun>\nis all the <friend> would like to be.]"
)


ABOUT = (
    "[The {t} is <look>, the {t} is <look>,\nthe <nature> <friend> is never cold.\nThe <look> <object> <does_softly> <softly>\nand tells the stories it was told."
    "|I saw the {t} one <when> night,\nthe <sky> was <look>, the <sky> was white.\nA <nature> <friend> <does_softly> <softly>\nand keeps a <look> <object> in the light."
    "|The <nature> <friend> looks at the {t},\nthe <sky> <does_softly> <softly>, you see.\nA <look> <object> <under> the <spot_noun>\nis all the <friend> would like to be.]"
)


STORIES = [
    Form(
        "story",
        [
            TELL + " a [|short |nice |little ]story about a {a} [named|called] {n} in the {p}",
            TELL + " a [short |]story about a {a} [named|called] {n} who lives in the {p}",
            TELL + " a story about {n}, a {a} in the {p}",
            "a [short |]story about {n} the {a} in the {p}",
            TELL + " a tale of a {a} [named|called] {n} from the {p}",
            "Story: {n}, {a}, {p}",
        ],
        STORY,
        given={"a": "animal", "n": "name", "p": "setting"},
        gen_length=96,
    ),
    Form(
        "story_animal",
        [
            TELL + " a [|short |nice |little |bedtime ]story about a {a}[| please]",
            "a [short |]story about a {a}[| please]",
            "[story|Story] about a {a}",
            "[Do you know|Is there] a story about a {a}?",
            TELL + " a [bedtime |]tale about a {a}",
        ],
        "[Once upon a time|Long ago|Many years ago] a <nature> {a} named {n} lived in the {p}."
        + MIDDLE
        + END,
        given={"a": "animal"},
        drawn={"n": "name", "p": "setting"},
        gen_length=96,
    ),
    Form(
        "story_any",
        [
            TELL + " a [|short |nice |little |bedtime |new ]story[| please]",
            "[story|a story|another story|one more story][| please]",
            "[Tell|Write] [me |][another|a different|one more|any] story",
            "Tell me a tale",
            "Do you know [a story|any stories]?",
        ],
        "[Once upon a time|Long ago|Many years ago] a <nature> {a} named {n} lived in the {p}."
        + MIDDLE
        + END,
        drawn={"a": "animal", "n": "name", "p": "setting"},
        gen_length=96,
    ),
    Form(
        "tiny_story",
        [
            TELL + " a [very short|tiny|mini|two sentence] story about a {a} in the {p}",
            "a [very short|tiny] story about a {a} in the {p}",
            TELL + " a [very short|tiny] story about a {a} that lives in the {p}",
        ],
        "A <nature> {a} [lived|slept|worked] in the {p}. [Every <when> it <went> <far> and <found> a <look> <object>.|One <when> it <heard> a <nature> <friend> <under> the <spot_noun>.] [It was never <felt> again.|After that it was always <felt>.]",
        given={"a": "animal", "p": "setting"},
        gen_length=64,
    ),
    Form(
        "poem_about",
        [
            TELL + " a [|short |little |small |nice ]poem about the {t}",
            "[a |]poem about the {t}[| please]",
            TELL + " [four lines|some lines|a verse|a rhyme] about the {t}",
            "poem: the {t}",
            "Can you rhyme about the {t}?",
        ],
        ABOUT,
        given={"t": "poem_topic"},
        gen_length=64,
    ),
    Form(
        "poem",
        [
            TELL + " a [|short |little |small |nice |new ]poem[| please]",
            "[poem|a poem|another poem][| please]",
            "Write [something poetic|a verse|four lines of poetry]",
            "Can you write poems?",
        ],
        RHYMES,
        gen_length=64,
    ),
]
