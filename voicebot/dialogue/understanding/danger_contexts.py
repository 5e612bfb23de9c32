"""What takes danger out of words of danger: whom they are said of (surely), what the talk is about (perhaps).

A context drops some words unless something else in the same utterance speaks for a danger; it never silences
one: a danger that only a context takes away is asked about. Patterns read an utterance without its spaces.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from voicebot.dialogue.understanding.befalling import Befallen, verbs_of
from voicebot.dialogue.understanding.befalling_words import AFFECTED, BODILY
from voicebot.dialogue.understanding.danger_words import DENIED


def mark(found: re.Match[str]) -> str:
    """As many marks as there were characters: nothing runs together, and words begin where they did."""
    return "·" * len(found.group())


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One kind of talk."""

    about: re.Pattern[str]
    unless: re.Pattern[str]
    drops: re.Pattern[str]


def _context(about: str, unless: str, drops: str) -> Context:
    return Context(about=re.compile(about), unless=re.compile(unless), drops=re.compile(drops))


CONTEXTS = (
    # lamps and signals: their fire is light
    _context(
        r"가로등|보안등|전등|신호|등이|조명|켜[져진]|[간란록]불",
        r"연기|불꽃|타는|탄내|번지|번져|불길|불똥|스파크|지지직",
        r"불(?:이|도|은)?\S{0,4}",
    ),
    # a way that a parked car blocks
    _context(
        r"주차|대놓|대놔|댄차|이중|차주|차주인|차빼|차를빼|빼라고|빼달|차(?:가|를|도)?\S{0,12}(?:막|세워|세운)|막(?:아|고|은|혀|힌)\S{0,10}차|입구를막|입구에세",
        r"갇|다쳤|쓰러|불이|불났|깔|피가",
        r"(?:못|안)(?:나가|나와|들어|빼)\S{0,3}|나갈수\S{0,3}|꼼짝\S{0,3}|못움직\S{0,3}|구급차\S{0,3}|응급[실차]|연락이\S{0,3}",
    ),
    # a way that ice, rain, insects, fear or a broken lift closes
    _context(
        r"미끄|얼어|얼음|눈이|눈길|모기|벌레|길이|비가|어두|무서워|버스|더워|계단|고장나서|산책|장사|출근|나들이|징그|넘어질|차가막",
        r"갇|안에|안열|다쳤|다쳐|다치|쓰러|부러|잠겼|잠겨|잠갔|차올|물이차|빠졌|빠져|삐|고립|산에|산속|산장|절벽|때려|칼|피가|의식"
        r"|팔다리|허리|골반|발목|다리가|굴러|떨어|어머니|아버지|할머니|할아버지|할매|할배|화장실|방에|방안|집안|불이|연기",
        r"못(?:나가|나와|내려|올라|움직)\S{0,3}|나갈수\S{0,3}|꼼짝\S{0,3}",
    ),
    # air that is bad and yet no fire
    _context(
        r"먼지|냄새|매연|담배|흡연|흙바람|거름|콩나물|더위|더워|꽉차서",
        r"가스|까스|쓰러|의식|타는|탄내|불이|불났|천식|입술|얼굴이|가슴",
        r"숨(?:을|이|도)?\S{0,2}(?:못|안)쉬\S{0,3}|숨쉬\S{0,3}|숨(?:이|을)?\S{0,3}막\S{0,3}|눈을\S{0,2}못떠\S{0,2}",
    ),
    _context(
        r"담배|흡연|피워|피우|경유|매연|배기|굽|고기|구이|소독차|방역|연막|트럭이\S{0,8}뿜|차가\S{0,3}뿜고다",
        r"불이|불났|타고있|번지|번져|불길|연탄|숯|집안|꽉|방안",
        r"연기\S{0,10}",
    ),
    # a subject of courses, devices and papers
    _context(
        r"예방|방지|교육|강의|강사|강좌|자격|포스터|캠페인|훈련|감지기|보험|합의서|보조|직불금|자원봉사|상담사|지킴이|문의"
        r"|설치(?:하려|비|신청)|모아놨|어디다버려|어떻게버려",
        r"지금|살려|빨리|맞고|때려|때리|피가|(?:가|이|게)나요$|났어|죽고싶|당하|당했|당해|마셨|먹었|없어졌|사라졌|안보여|하는것같|하고있",
        r"(?:가정|학교|성|노인|아동)?(?:폭력|폭행|학대)\S{0,4}|자살(?:을|를)?(?:예방|방지)\S{0,3}|실종|배회|미아|농약\S{0,2}|감전|화재|강도|도둑"
        r"|구급\S{0,2}|응급\S{0,2}|심폐소생|인명구조|가스|침입|납치",
    ),
    # a child named at a counter
    _context(
        r"여권|등본|증명|발급|신청|서류|접수증|교복|급식비|수강|견학|관람|입장",
        r"지금|울고|맨발|맞고|때려|멍|없어졌|사라졌|잃어",
        r"혼자\S{0,3}|두고\S{0,3}|굶\S{0,3}|연락이\S{0,3}|안오\S{0,3}",
    ),
    # what strikes nobody
    _context(
        r"귀청|샌드백|땅땅|쿵쿵|공사|시끄러|소음|드릴|망치로|우박|파도|빗방울|소나기|북을|종을|꽹과리|과태료|세금|벌금|때려(?:치|부술듯|죽여도|죽인대도)",
        r"남편|아내|아빠|엄마|나를|저를|애를|아이를|사람을|할머니|할아버지|(?<!창)문을|무서|비명",
        r"때[리려렸]\S{0,3}|두들겨\S{0,3}",
    ),
    # what is dying and does not live
    _context(
        r"(?:상권|시장|장사|경기|동네|나무|꽃|화단|잔디|묘목|벼|작물|밭|강|하천|배터리|상가|골목|가게|등|전구|등불)(?:이|가|도|은|는|들이)?\S{0,4}죽어가",
        r"사람|할머니|할아버지|엄마|아빠|남편|아내|환자",
        r"죽어가\S{0,3}",
    ),
    # an explosion of water; a temper or a fashion that bursts
    _context(
        r"물기둥|물이\S{0,3}(?:솟|뿜|터)|인기|사춘기|세일|분노|감정|웃음",
        r"불|연기|가스|다쳤|유리",
        r"(?:꽝|쾅|펑|퍽)하\S{0,3}|폭발\S{0,3}|폭탄",
    ),
    # the care, the answer or the bus that does not come
    _context(
        r"담당|접수|민원|신고했|달라고했|신청|돌봄|선생님이|복지사|보호사|택배|버스|기사|배달|수거|차주|주차|정류장|직원|상담원|공무원",
        r"치매|실종|가출|혼자사|사라졌|없어졌|잃어버|때려|칼(?!슘|국수)|비명|학대|울고|맞고|멍",
        r"연락이\S{0,3}|아직(?:도)?안\S{0,3}|안(?:오|와|왔|온)\S{0,3}|문도안열\S{0,3}|못찾\S{0,3}",
    ),
    # drink
    _context(
        r"취해|취했|한잔|술김", r"할머니|할아버지|아이|쓰러|때려|칼|피가", r"집을못찾\S{0,3}|길을잃\S{0,3}"
    ),
)


def without_things(spoken: Sequence[str], compact: str, told: str) -> str:
    """An utterance without the verbs that befall a thing or an animal, and nobody else.

    Args:
        spoken: The words of the utterance.
        compact: They together.
        told: The same with harmless phrases marked already.
    """
    for verb in verbs_of(spoken, compact, AFFECTED):
        if verb.of is Befallen.THING:
            told = told[: verb.start] + "·" * (verb.end - verb.start) + told[verb.end :]
    return told


def without_contexts(spoken: Sequence[str], compact: str, told: str) -> str:
    """What is left of an utterance once contexts have taken out the words that they make doubtful.

    Args:
        spoken: The words of the utterance.
        compact: They together.
        told: What ``without_things`` has left of it.
    """
    for context in CONTEXTS:
        if context.about.search(compact) and context.unless.search(compact) is None:
            told = context.drops.sub(mark, told)
    for verb in verbs_of(spoken, compact, AFFECTED):
        if verb.of is Befallen.PERHAPS_NOBODY:
            told = told[: verb.start] + "·" * (verb.end - verb.start) + told[verb.end :]
    return told


def befalls_somebody(spoken: Sequence[str], compact: str, told: str) -> bool:
    """Whether something that harms people is said of a person, or of nobody in particular.

    Args:
        spoken: The words of the utterance.
        compact: They together.
        told: What ``without_things`` has left of it; a marked verb harms nobody.
    """
    somebody = (Befallen.PERSON, Befallen.UNSAID, Befallen.PERHAPS_NOBODY)
    return any(
        verb.of in somebody
        and told[verb.start : verb.end] == compact[verb.start : verb.end]
        and compact[verb.start - 1 : verb.start] != "안"
        and not DENIED.match(compact[verb.end :])
        for verb in verbs_of(spoken, compact, BODILY)
    )


def befalls_things_only(spoken: Sequence[str], compact: str) -> bool:
    """Whether all that befalls anything in an utterance befalls things or animals.

    Args:
        spoken: The words of the utterance.
        compact: They together.
    """
    befallen = {verb.of for verb in verbs_of(spoken, compact, AFFECTED)}
    return befallen == {Befallen.THING}
