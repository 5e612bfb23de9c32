"""What takes the danger out of words of danger: whom they are said of, and what the talk is about.

Each context drops some words, unless something else in the same utterance speaks for a danger. All patterns
read an utterance without its spaces; things and animals are looked up word by word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


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
        r"주차|대놓|대놔|댄차|이중|차(?:가|를|도)?\S{0,12}(?:막|세워|세운)|막(?:아|고|은|혀|힌)\S{0,10}차|입구를막|입구에세",
        r"갇|다쳤|쓰러|불이|불났|깔|피가",
        r"(?:못|안)(?:나가|나와|들어|빼)\S{0,3}|나갈수\S{0,3}|꼼짝\S{0,3}|못움직\S{0,3}|구급차\S{0,3}|응급[실차]|연락이\S{0,3}",
    ),
    # a way that ice, rain, insects, fear or a broken lift closes
    _context(
        r"미끄|얼어|얼음|눈이|눈길|모기|벌레|길이|비가|어두|무서워|버스|더워|계단|고장나서|징그|넘어질|차가막",
        r"갇|안에|안열|다쳤|다쳐|다치|쓰러|부러|잠겼|잠겨|잠갔|차올|물이차|빠졌|빠져|삐|고립|산에|산속|산장|절벽|때려|칼|피가|의식"
        r"|팔다리|허리|골반|발목|다리가|굴러|떨어|어머니|아버지|할머니|할아버지|할매|할배|화장실|방에|방안|집안|불이|연기",
        r"못(?:나가|나와|내려|올라|움직)\S{0,3}|나갈수\S{0,3}|꼼짝\S{0,3}",
    ),
    # air that is bad and yet no fire
    _context(
        r"먼지|냄새|매연|담배|흡연|흙바람|거름|콩나물|더위|더워|꽉차서",
        r"가스|까스|쓰러|의식|타는|탄내|불이|불났|천식|입술|얼굴이|가슴",
        r"숨(?:을|이|도)?\S{0,2}(?:못|안)쉬\S{0,3}|숨쉬\S{0,3}|숨(?:이|을)?\S{0,3}막\S{0,3}",
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
        r"지금|살려|빨리|맞고|때려|때리|피가|나요$|났어|죽고싶|당하|당했|당해|마셨|먹었|없어졌|사라졌|안보여|하는것같|하고있",
        r"(?:가정|학교|성|노인|아동)?(?:폭력|폭행|학대)\S{0,4}|자살(?:을|를)?(?:예방|방지)\S{0,3}|실종|배회|미아|농약\S{0,2}|감전|화재|강도|도둑"
        r"|구급\S{0,2}|응급\S{0,2}|심폐소생|인명구조|가스|침입|납치",
    ),
    # animals that follow, roam or are kicked
    _context(
        r"(?:개|고양이|강아지|멧돼지|까마귀|비둘기|너구리|원숭이)(?:들)?(?:이|가|를|을|한마리|두마리|떼)",
        r"남편|아빠가|엄마가|아들이|나를때|저를때|칼|흉기|도둑|강도|사람이(?!없)|할머니가|할아버지가|애가없|아이가없",
        r"쫓아\S{0,3}|따라\S{0,3}|배회\S{0,3}|헤매\S{0,3}|끌고\S{0,3}|발로차\S{0,3}|때[리려]\S{0,3}|맞고\S{0,3}|굶\S{0,3}|학대\S{0,3}|비명\S{0,3}|집을(?:못찾|모르)\S{0,3}",
    ),
    # what strikes nobody
    _context(
        r"귀청|샌드백|우박|파도|빗방울|소나기|북을|종을|꽹과리|과태료|세금|벌금|때려(?:치|부술듯|죽여도|죽인대도)",
        r"남편|아내|아빠|엄마|나를|저를|애를|아이를|사람을|할머니|할아버지",
        r"때[리려렸]\S{0,3}",
    ),
    # what is dying and does not live
    _context(
        r"(?:상권|시장|장사|경기|동네|나무|꽃|화단|잔디|묘목|벼|작물|밭|강|하천|배터리|상가|골목|가게)(?:이|가|도|은|는|들이)?\S{0,4}죽어가",
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
        r"치매|실종|가출|혼자사|사라졌|없어졌|잃어버|때려|칼|비명|학대|울고|맞고|멍",
        r"연락이\S{0,3}|아직(?:도)?안\S{0,3}|안(?:오|와|왔|온)\S{0,3}|문도안열\S{0,3}|못찾\S{0,3}",
    ),
    # drink
    _context(
        r"취해|취했|한잔|술김", r"할머니|할아버지|아이|쓰러|때려|칼|피가", r"집을못찾\S{0,3}|길을잃\S{0,3}"
    ),
)

AFFECTED = re.compile(
    r"깔(?:렸|려|린)\S{0,3}|떠내려\S{0,3}|빠(?:졌|져|진)\S{0,3}|받(?:혀|혔)\S{0,3}|치(?:였|여)\S{0,3}|끼(?:었|어|인)\S{0,3}|꼈\S{0,3}|굴러\S{0,3}|못움직\S{0,3}|꼼짝\S{0,3}"
    r"|쓰러(?:졌|져|질|지|진)\S{0,3}|뒤집\S{0,3}|매달\S{0,3}|갇\S{0,3}|허우적\S{0,3}|부러\S{0,3}|묻(?:혔|혀)\S{0,3}|못(?:나|내려)\S{0,3}|다쳤\S{0,3}|잃어버\S{0,3}|없어졌\S{0,3}"
)
"""What befalls people, and things and animals as well."""

_PARTICLE = r"(?:들)?(?:이|가|은|는|도|을|를|의|에|만|이랑|하고|한|까지)?"
_THINGS = (
    "나무|가로수|가지|간판|입간판|기둥|신호등|가로등|전봇대|표지판|물탱크|텐트|좌판|딸기|물건|모래|자갈|낙엽|밧줄|바퀴|앞바퀴|바위"
    "|담장|벽돌|지붕|천막|컨테이너|자전거|킥보드|전선|쓰레기|비닐|과일|배추|의자|그네|우산|지갑|핸드폰|휴대폰|휴대전화|가방|열쇠"
    "|빨래|현수막|철판|종이|뚜껑|난간|예산|인터넷|타이어|볼라드|유리|화분|카드|여권|안내판|울타리|정류장|노선"
)
_ANIMALS = (
    "강아지|고양이|두꺼비|개구리|오리|비둘기|족제비|고라니|멧돼지|너구리|송아지|염소|토끼|까치|까마귀|물고기|노루|백로|짐승|동물|벌레"
    "|참새|두루미|부엉이|앵무새|똥개|들개|진돗개|유기견|길냥이|고슴도치|거북이|닭들"
)
_SHORT = "개|뱀|새|소|닭|쥐|꿩|돌|흙|공|담|벽|꽃|벼"
_NOT_PEOPLE = re.compile(
    rf"(?:.*(?:{_THINGS}|{_ANIMALS}){_PARTICLE}|(?:{_SHORT})(?:들)?(?:이|가|은|는|을|를))$"
)
_PEOPLE = re.compile(
    r"사람|할머니|할아버지|할매|할배|어르신|노인|아버지|어머니|아부지|어무이|엄마|아빠|남편|아내|집사람|마누라|영감|애가|애를|애기|애들|아이|아기"
    r"|아들|딸|손자|손녀|손주|꼬마|아저씨|아주머니|아줌마|친구|환자|이웃|학생|누가|누군가|한분|분이|분을|남자|여자|인부|기사|운전자|승객|동생|언니"
    r"|오빠|누나|조카|삼촌|이모|직원|동료|저를|저는|제가|나를|내가|제손|제발|다리가|팔이|머리|허리|발이|손이"
)


def _befalls_no_people(words: Sequence[str], compact: str) -> bool:
    return _PEOPLE.search(compact) is None and any(_NOT_PEOPLE.match(word) for word in words)


def without_contexts(words: Sequence[str], compact: str, told: str) -> str:
    """What is left of an utterance once contexts have taken out the words that they make harmless.

    Args:
        words: The words of the utterance.
        compact: They together.
        told: The same with harmless phrases marked already.
    """
    for context in CONTEXTS:
        if context.about.search(compact) and context.unless.search(compact) is None:
            told = context.drops.sub(mark, told)
    return AFFECTED.sub(mark, told) if _befalls_no_people(words, compact) else told
