"""Verbs of gaining and losing, written as base / third person / past."""

from __future__ import annotations


def _table(text: str) -> list[tuple[str, str, str]]:
    return [tuple(part.strip() for part in entry.split("/")) for entry in text.replace("\n", " ").split(",")]


GAIN = _table("""buy/buys/bought, find/finds/found, get/gets/got, pick/picks/picked, receive/receives/received,
win/wins/won, make/makes/made, collect/collects/collected, add/adds/added, borrow/borrows/borrowed,
gather/gathers/gathered, order/orders/ordered, pick up/picks up/picked up, discover/discovers/discovered,
catch/catches/caught, take/takes/took, bring/brings/brought, grow/grows/grew, print/prints/printed, build/builds/built,
earn/earns/earned, purchase/purchases/purchased, create/creates/created, dig up/digs up/dug up, draw/draws/drew,
produce/produces/produced, pack/packs/packed, bake/bakes/baked, plant/plants/planted, save/saves/saved""")
LOSE = _table("""eat/eats/ate, lose/loses/lost, sell/sells/sold, give away/gives away/gave away, drop/drops/dropped,
use/uses/used, break/breaks/broke, throw away/throws away/threw away, lend/lends/lent, spend/spends/spent,
donate/donates/donated, hide/hides/hid, send away/sends away/sent away, remove/removes/removed, burn/burns/burned,
hand out/hands out/handed out, return/returns/returned, trade away/trades away/traded away, use up/uses up/used up,
give back/gives back/gave back, toss out/tosses out/tossed out, forget/forgets/forgot, recycle/recycles/recycled,
mail/mails/mailed, cut up/cuts up/cut up, ship/ships/shipped, waste/wastes/wasted, share/shares/shared""")
GIVE = _table(
    "give/gives/gave, lend/lends/lent, sell/sells/sold, send/sends/sent, hand/hands/handed, pass/passes/passed"
)

# What happens to things by themselves: present / past.
GONE = [
    tuple(pair.split("/"))
    for pair in """fly away/flew away|are sold/were sold|break/broke|are eaten/were eaten|get lost/got lost|
are stolen/were stolen|are taken/were taken|leave/left|go home/went home|are thrown away/were thrown away|melt/melted|
disappear/disappeared|run away/ran away|drive away/drove away|fall off/fell off|are used/were used|get off/got off|
are removed/were removed|are given away/were given away|swim away/swam away|walk away/walked away|die/died|
are picked/were picked|are broken/were broken|go away/went away|are lent out/were lent out|pop/popped|burn/burned|
move away/moved away|hop away/hopped away|go out/went out|are gone/were gone|are eaten by birds/were eaten by birds""".replace(
        "\n", ""
    ).split("|")
]
COME = [
    tuple(pair.split("/"))
    for pair in """more arrive/more arrived|more come/more came|more are added/more were added|more join/more joined|
new ones come/new ones came|more are brought/more were brought|more appear/more appeared|more are built/more were built|
others join/others joined|more are found/more were found|more get on/more got on|more land there/more landed there|
more are bought/more were bought|new ones arrive/new ones arrived|come back/came back|more drive in/more drove in|
more grow/more grew|more move in/more moved in|more are made/more were made|more are put in/more were put in|
get on/got on|arrive/arrived|join them/joined them""".replace("\n", "").split("|")
]

# Something done at a steady rate: third person, base form, past, what is counted.
RATES = [
    tuple(entry.split("/"))
    for entry in """reads/read/read/pages|walks/walk/walked/kilometers|runs/run/ran/miles|saves/save/saved/dollars|
earns/earn/earned/dollars|writes/write/wrote/letters|plants/plant/planted/trees|sells/sell/sold/cakes|
drinks/drink/drank/cups of tea|paints/paint/painted/walls|learns/learn/learned/words|builds/build/built/chairs|
drives/drive/drove/kilometers|bakes/bake/baked/pies|solves/solve/solved/puzzles|rides/ride/rode/km|
swims/swim/swam/meters|types/type/typed/words|eats/eat/ate/apples|makes/make/made/toys|does/do/did/push-ups|
washes/wash/washed/cars|drinks/drink/drank/glasses of water|cooks/cook/cooked/meals|sews/sew/sewed/shirts|
picks/pick/picked/apples|delivers/deliver/delivered/packages|watches/watch/watched/films|climbs/climb/climbed/steps|
collects/collect/collected/coins|swims/swim/swam/laps|knits/knit/knitted/scarves|feeds/feed/fed/animals|
spends/spend/spent/dollars|uses/use/used/liters|repairs/repair/repaired/bikes|jogs/jog/jogged/km|prints/print/printed/pages""".replace(
        "\n", ""
    ).split("|")
]
DISTANCES = {"kilometers", "miles", "km", "meters"}
PERIODS = [
    ("hour", "hours"),
    ("day", "days"),
    ("week", "weeks"),
    ("month", "months"),
    ("minute", "minutes"),
    ("year", "years"),
]
