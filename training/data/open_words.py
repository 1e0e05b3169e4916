"""Word lists of the open texts: mostly single words, so that a choice does not move the words behind it."""

# ruff: noqa: SIM905 (a list of words reads best as a text)

from __future__ import annotations

from training.data.vocabulary import LISTS

OPEN_LISTS: dict[str, list[str]] = {
    "nature": """
small brave quiet clever kind lazy happy gentle funny young proud sleepy tiny shy wise lonely hungry gray
""".split(),
    "look": """
red blue green white black silver golden rusty small round broken wooden shiny dusty strange heavy little soft
""".split(),
    "object": """
key lamp book box ring letter coin stone map bell flute mirror boat clock feather drum shell button
""".split(),
    "when": "morning evening night day winter summer spring autumn week Monday Sunday".split(),
    "found": ["found", "saw", "took", "carried", "lost", "hid", "kept", "painted", "touched", "wanted"],
    "under": ["under", "behind", "near", "beside", "above"],
    "spot_noun": """
tree river hill bridge door stone lake wall house fence rock window garden tower
""".split(),
    "heard": ["heard", "met", "followed", "saw", "helped", "called", "watched"],
    "friend": """
fox bird mouse cat bear frog owl dog goat wolf duck horse girl boy king queen sailor farmer
""".split(),
    "felt": "afraid happy sad tired proud brave cold hungry alone sure calm quiet".split(),
    "went": ["walked", "ran", "climbed", "danced", "hurried", "turned", "looked", "went", "came", "jumped"],
    "far": ["home", "away", "north", "south", "east", "west", "back", "up", "down", "on"],
    "said": ["said", "whispered", "sang", "cried", "asked", "shouted"],
    "time_span": ["day", "night", "hour", "week", "year", "month", "winter", "summer"],
    "time_spans": ["days", "nights", "hours", "weeks", "years", "months"],
    "things_liked": """
keys lamps books boxes rings letters coins stones boats feathers drums shells buttons bells kites
""".split(),
    "easy_word": """
apple moon river garden happy letter yellow bread music tiger winter castle button story snow bird
""".split(),
    "number_word": ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"],
    "sound": ["song", "bell", "voice", "drum", "storm", "laugh", "bird", "flute", "wind", "train"],
    "place_noun": """
forest village garden castle city island valley river mountain harbor market field
""".split(),
    "food": "bread soup cake rice honey cheese apples salad pasta fish milk tea pizza nuts".split(),
    "sky": ["moon", "sun", "wind", "rain", "snow", "river", "sea", "sky", "road", "light"],
    "does_softly": "sings sleeps dances waits shines walks turns falls calls dreams".split(),
    "softly": ["slowly", "softly", "gently", "quietly", "brightly", "sadly", "gladly", "alone", "again"],
    "color": "red blue green yellow white black gray brown pink purple orange gold silver".split(),
    "fruit": "apple banana cherry grape lemon mango melon orange peach pear plum coconut kiwi".split(),
    "vegetable": """
potato carrot onion tomato pepper garlic bean pea corn pumpkin cabbage spinach
""".split(),
    "body": ["arm", "leg", "hand", "foot", "nose", "ear", "eye", "mouth", "head", "neck", "knee", "back"],
    "instrument": ["piano", "guitar", "violin", "flute", "drum", "trumpet", "harp", "cello"],
    "sport": "football tennis swimming running boxing skiing hockey golf rowing judo".split(),
    "tool": ["hammer", "saw", "knife", "brush", "needle", "rope", "shovel", "ladder", "wrench"],
    "dish": ["soup", "salad", "pasta", "pizza", "rice", "fish", "curry", "stew", "pie", "toast"],
    "drink": ["water", "tea", "milk", "juice", "coffee", "lemonade", "cocoa", "cider"],
    "cloth": ["shirt", "hat", "coat", "scarf", "dress", "sock", "shoe", "glove", "belt", "skirt", "sweater"],
    "vehicle": ["car", "bus", "train", "bike", "boat", "plane", "ship", "truck", "taxi", "van", "wagon"],
    "furniture": ["table", "chair", "bed", "desk", "lamp", "shelf", "sofa", "bench", "mirror", "carpet"],
    "pet_name": """
Luna Bella Rocky Milo Daisy Simba Coco Ruby Max Oscar Pepper Shadow Lucky Ginger Biscuit Honey
""".split(),
    "activity": "Draw Paint Build Buy Find Make Clean Fix Visit Sell Carve Move".split(),
    "do_thing": "kite tower boat house garden bridge castle tree lamp table robot wagon".split(),
    "weather": ["sunny", "rainy", "cloudy", "windy", "cold", "warm", "foggy", "snowy", "stormy", "dry"],
    "smell": ["smoke", "rain", "honey", "bread", "flowers", "salt", "wood", "coffee", "snow", "grass"],
    "person_look": ["tall", "short", "old", "young", "thin", "strong", "small"],
    "hobby": "reading singing dancing cooking painting fishing swimming running drawing hiking".split(),
    "job": LISTS["job"],
    "verb_past": "read wrote cooked painted cleaned bought sold lost found made baked fixed".split(),
    "good": ["good", "long", "strange", "quiet", "busy", "happy", "slow", "lucky", "lovely", "bad", "warm"],
}
LISTS.update({key: words for key, words in OPEN_LISTS.items() if key not in LISTS})
LISTS["poem_topic"] = """
moon sea rain snow night forest river city garden winter summer autumn spring wind storm mountain cat dog
horse road island village ship train star cloud fire lake
""".split()
LISTS["view"] = """
forest garden city village castle desert jungle library house harbor market street room beach mountain valley
farm kitchen cave island park shop school tower
""".split()
LISTS["nature2"] = ["", "", "", "", "nice ", "small ", "quiet ", "old "]
