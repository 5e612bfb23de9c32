"""What a story already tells of where, since when, danger, number plate and call-back number."""

from __future__ import annotations

import re

from voicebot.dialogue.understanding.numbers import read_sino
from voicebot.dialogue.understanding.phone import is_valid, phone_digits
from voicebot.dialogue.understanding.words import words_of

_DIGITS = {syllable: str(value) for value, syllable in enumerate("공일이삼사오육칠팔구")}
_DIGITS |= {"영": "0", "륙": "6"} | {str(value): str(value) for value in range(10)}
_DIGIT = f"[{''.join(_DIGITS)}]"
_SYLLABLE_LETTERS = "가나다라마거너더러머버서어저고노도로모보소조누두루무부수우주바아자허하호배"
"""Letters of number plates (자동차 등록번호판 고시) that are no spoken digit."""
_TENS_SPOKEN = "[일이삼사오육칠팔구]?십[일이삼사오육칠팔구]?"
_PLATE = re.compile(
    rf"(?<![0-9])(?P<front>{_DIGIT}{{2,3}}|{_TENS_SPOKEN})\s*"
    rf"(?P<letter>[{_SYLLABLE_LETTERS}]|(?<=[0-9])\s*[사오구])에?\s*(?P<back>{_DIGIT}{{4}})(?![0-9])"
)
_PLATE_CUE = re.compile(r"차|번호판|주차|트럭|버스|택시|봉고|오토바이")

_SINCE = re.compile(
    r"(?:어제|그저께|그제|엊그제|엊저녁|어젯밤|오늘|아까|방금|지난주|지난달|작년|새벽|아침|저녁|점심때"
    r"|밤|며칠|몇\s*(?:일|달|주)|한참|좀|조금|(?:하루|이틀|사흘|나흘|닷새|일주일|열흘|보름|한\s*달)"
    r"|\S{1,4}(?:시간|분|시|일|주|달|개월)(?:쯤)?)"
    r"(?:\s*(?:아침|저녁|밤|새벽|낮|오전|오후))?(?:\s*\S{1,3}시)?(?:\s*반)?(?:\s*쯤)?\s*전?(?:부터|에부터|서부터)"
    r"|(?:이틀|사흘|나흘|닷새|일주일|열흘|보름|한\s*달|두\s*달|며칠)(?:째|이나\s*됐|\s*됐|\s*넘)"
    r"|방금|아까|조금\s*전|어젯밤|엊저녁|어제\s*(?:밤|저녁|아침)|오늘\s*(?:새벽|아침|낮)"
)
_PASSED = re.compile(r"(?:이나)?\s*됐$")
"""한 달 됐(어요): since a month ago."""
_PLACE_NAME = (
    r"[가-힣0-9]{1,8}(?:동|읍|면|로|길|사거리|삼거리|오거리|교차로|아파트|빌라|시장|공원|초등학교|중학교"
    r"|고등학교|학교|역|터미널|주민센터|경로당|놀이터|병원|도서관|우체국|시청|구청|천변|지하차도|터널|육교)"
)
_PLACE = re.compile(
    rf"(?<![가-힣0-9])(?!가로[등수])(?P<place>{_PLACE_NAME}(?:\s+(?:[0-9]+(?:-[0-9]+)?(?:번지|번길|동|호|층)?|{_PLACE_NAME}))*"
    r"(?:(?:\s+[가-힣0-9]{1,8})?\s*(?:[0-9]번\s*출구|후문|정문|입구|앞|뒤|옆|건너편|맞은편|근처|사거리|골목))?)"
    r"(?=(?:에서|에|인데|이요|요|예요|이에요|쪽|이|가|은|는|의|으로|로|입니다|거기|여)*(?:[가-힣]{0,2})(?:\s|$))"
)
_NO_PLACE = re.compile(
    r"^(?:우리|저희|이|그|저|한|온|어느|무슨|전|아무|지금|제일|바로|정말|진짜|별|서로|따로|함부|새|멋대|제멋대|억지|"
    r"마음대|맘대|그대|이대|실제|대체|차례|때|스스|홀|의외|이리|저리|그리|계|공|사|이쪽|그쪽)?"
    r"(?:로|길|동|면|역|천)$"
    r"|(?:하|되|보|가|오|나|으|이|있으|없으|그러|이러|다|라)면$|[가-힣]*(?:으로|대로|때로|따로|째로|채로|새로|바로|쪽로)$"
    r"|^(?:운동|활동|행동|이동|작동|자동|감동|노동|아동|공동|고장로|도로|철로|진로|통로|경로|활로|선로|측면|화면"
    r"|장면|표면|정면|전면|바닥면|반면|라면|냉면|가면|지역|구역|무역|통역)$"
)
_HURT = re.compile(r"(?:다쳤|다친|쓰러졌|쓰러져|의식|피가|죽을\s*뻔|넘어졌|넘어져|치였|깔렸|위험)")
_NOT_HURT = re.compile(r"(?:다친|위험한)\s*(?:사람|분|데|건|거)\S{0,2}\s*(?:없|아니)|안\s*(?:다쳤|다쳐|위험)")


def _plate(text: str) -> str:
    found = _PLATE.search(text)
    if found is None or (_PLATE_CUE.search(text) is None and not found.group()[0].isdecimal()):
        return ""
    spoken = found.group("front")
    amount = read_sino(spoken) if "십" in spoken else None
    front = str(amount) if amount is not None else "".join(_DIGITS[digit] for digit in spoken)
    back = "".join(_DIGITS[digit] for digit in found.group("back"))
    return f"{front}{found.group('letter').strip()}{back}"


def _place(text: str) -> str:
    for found in _PLACE.finditer(text):
        place = found.group("place").strip()
        if len(place) > 1 and _NO_PLACE.search(place.split()[0]) is None:
            return place
    return ""


def slots_of(text: str) -> dict[str, str]:
    """What the story tells; a slot that it does not tell is absent.

    Args:
        text: What was recognised, numbers of residents blanked.

    Returns:
        Some of ``place``, ``since`` (both as they were said), ``danger`` (``yes`` or ``no``: is somebody
        hurt or at risk), ``plate`` (``12가3456``) and ``call_back`` (digits).
    """
    spoken = " ".join(words_of(text))
    since = _SINCE.search(spoken)
    plate = _plate(spoken)
    number = phone_digits(_PLATE.sub(" ", spoken) if plate else text)
    danger = "no" if _NOT_HURT.search(spoken) else "yes" if _HURT.search(spoken) else ""
    told = {
        "place": _place(spoken),
        "since": _PASSED.sub(" 전부터", since.group().strip()) if since else "",
        "danger": danger,
        "plate": plate,
        "call_back": number if is_valid(number) else "",
    }
    return {name: value for name, value in told.items() if value}
