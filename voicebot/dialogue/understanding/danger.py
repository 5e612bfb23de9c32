"""Words of danger: fire, injury, gas, electricity, being trapped, violence, missing people, self-harm.

Runs before everything else on every turn. Missing a danger is worse than asking about one, but figures of
speech ("배고파 죽겠다"), animals, lamps and trees are told apart; what stays ambiguous is marked so, and
the flow brings it to a person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from voicebot.dialogue.understanding.words import words_of


class DangerKind(StrEnum):
    """Who is needed; the names are those under ``everywhere`` in a flow."""

    EMERGENCY = "emergency"
    """119: fire, rescue, injury, gas, electricity."""
    POLICE = "police"
    """112: violence, intrusion, missing people, abuse."""
    SUICIDE = "suicide"
    """109: the citizen's own life."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Danger:
    """A danger that was heard."""

    kind: DangerKind
    certain: bool = True
    """False: it may be a figure of speech, so a person should listen."""


_PEOPLE = (
    r"사람|할머니|할아버지|할머님|어르신|노인|아버지|어머니|아버님|어머님|엄마|아빠|남편|아내|집사람"
    r"|애가|아이|아기|애기|아들|딸|"
    r"아저씨|아주머니|아줌마|친구|환자|이웃|학생|누가|누군가|한분|분이|남자|여자"
)

_HAZARD = re.compile(
    # fire; 불이 나가다 is a lamp that went out, 불이나케 is "in a hurry", 열불 is anger
    r"(?<![열천])불(?:이|도)?(?:크게|막|지금|또)?(?:났|나(?:요|고있|서|려|는데|네|더)|난(?:것|거|건|다|데"
    r"|곳)|이야|이에요|붙었|붙어)"
    r"|화재(?:가|예요|에요|입니다|났|발생|신고(?:하|합|할))|화재$"
    r"|(?:연기|불길|불꽃)(?:가|이)?(?:막|많이|엄청|계속)?(?:나|올라|솟|치솟|꽉|가득|보여)|폭발(?:했|하"
    r"|음|사고)"
    # gas and electricity
    r"|가스(?:가)?(?:냄새|새|샌|누출|누설|터)|감전|(?:전선|전깃줄|전기줄)(?:이|가)?(?:막)?(?:끊|떨어"
    r"|늘어)|(?:전기|전선)(?:에서)?(?:불꽃|스파크)"
)
_INJURY = re.compile(
    r"의식(?:이|을|도)?(?:없|잃|불명)|숨(?:을|이)?(?:잘)?(?:안쉬|못쉬|안쉽|멎|막혀서못)|호흡(?:이"
    r"|을)?(?:없|멈|안|곤란)"
    r"|심장(?:이)?(?:멎|멈|안뛰)|심정지|가슴(?:이)?(?:너무|막|갑자기)?(?:조여|쥐어|찢어)"
    r"|피(?:가|를)(?:너무|많이|엄청|막|계속|철철)*(?:나요|나고|나는|흘|쏟|토|안멈)|칼에(?:찔|베)|경련"
    r"|발작(?:을|하|해|이)"
    r"|차에(?:치|받)|치였|(?:많이|크게|심하게)다쳤|(?<!안)다쳤어요|다친사람(?:이)?(?:있|많)|구급차|앰뷸런스"
    r"|엠뷸런스|응급(?:차|환자|실)|농약(?:을)?(?:마|먹)"
    r"|살려(?:줘|주세|주이소|주십|달)|사람살려"
    r"|(?:물|강|하천|바다|저수지)에빠(?:졌|진|져)|매몰|깔렸|깔려"
)
_PEOPLE_SAID = re.compile(_PEOPLE)
_FALLEN = re.compile(
    rf"(?:{_PEOPLE}).{{0,14}}?(?<!안)(?:쓰러(?:졌|져|지|진)|안일어나|못일어나)|^(?:쓰러졌|쓰러져)"
)
_FALLEN_THINGS = re.compile(r"나무|간판|전봇대|가로수|울타리|담장|펜스|표지판|가로등|자전거|킥보드|입간판")
_TRAPPED = re.compile(r"갇(?:혔|혀|힌)|못나(?:가|오)고있")
_ANIMALS = re.compile(r"고양이|강아지|개가|개를|새가|비둘기|고라니|동물|너구리|멧돼지|냥이")

_POLICE = re.compile(
    r"(?<!안)때(?:려(?:요|서|$|가)|리고있|리는|린다|렸)|맞고있|두들겨|폭행|폭력(?:을|이)|칼(?:을|로|들)(?:들"
    r"|위협|협박|휘|찌|찔|고)|흉기|협박(?:을|하|해)"
    r"|죽(?:인다|이겠|여버리겠|일거)|강도(?:가|야|예)|도둑(?:이|이야|들)|침입(?:을|했|하)|납치|성폭"
    r"|성추행|스토킹|따라(?:와요|오고있)"
    r"|학대(?:를|하|해|당)|(?:문|창문)(?:을)?(?:막)?(?:부수|부셔|부쉬)"
    r"|(?:아이|애|아기|손자|손녀|할머니|할아버지|어머니|아버지|치매\S{0,6})(?:가|이|를|을)(?:지금"
    r"|갑자기|집에서)?(?:없어졌|사라졌|잃어버|안보여)|실종"
)

_SUICIDE = re.compile(
    r"죽고(?:만)?싶|자살|목숨을끊|살기(?:가|도)?싫|살고싶지(?:가)?않|뛰어내리(?:고|려|겠|면)"
    r"|목(?:을)?(?:매|맬|맨)(?:려|고|어|달|면)|손목(?:을)?(?:긋|그)"
    r"|유서|내가없어지|나(?:만)?없어지면|죽어버리(?:고|겠|려|면|ㄹ)|죽어버릴|죽을래|죽으려|죽으러"
    r"|세상(?:을)?(?:떠나고|뜨고|하직)"
    r"|(?:수면제|약)(?:을|를)?(?:모아|모으|다먹고|한꺼번|한움큼|잔뜩먹)|그만살고|살아서뭐|사는게(?:의미"
    r"|무의미|싫)|죽는게(?:낫|나아|편)"
)
_OTHERS_LIFE = re.compile(
    r"(?:사람|옆집|아들|딸|남편|아내|친구|학생|누가|누군가|이웃|남자|여자|엄마|아빠|어머니|아버지)(?:이"
    r"|가|분이)"
)
_FIGURE = re.compile(
    r"(?:시끄러|아파|아프|더워|추워|힘들어|짜증|배고파|배불러|답답|창피|쪽팔|졸려|웃겨"
    r"|심심)\S{0,6}?(?:죽고싶|살기싫|죽을래)|죽고싶을(?:만큼|정도)|예방|센터(?:번호|위치|어디)"
)

_TOLD_OF = re.compile(r"작년|재작년|예전에|옛날|훈련")
"""A danger of another time, or a drill."""

_DENIED = re.compile(
    r"^(?:[가-힣]{0,4}?(?:건|것은|것도|거는|거|게|말은))?(?:은|는|도|이|가)?(?:아니|아닙|아녜|아녀|아냐)"
    r"|^(?:사람|분|데|곳)(?:은|는|이|도|가)?(?:아무도)?없|^지(?:는|도)?(?:않|안)|^(?:는|은)?줄(?:로)?알"
    r"|^(?:는|은|가|이)?(?:전혀|하나도)?안(?:나|났|새|샜)"
)
"""What follows a danger word and takes it back: "불이 난 건 아니고", "불난 줄 알았어요"."""


def _said(pattern: re.Pattern[str], compact: str) -> bool:
    return any(not _DENIED.match(compact[found.end() :]) for found in pattern.finditer(compact))


def detect_danger(text: str) -> Danger | None:
    """The danger that an utterance tells of, or ``None``.

    Args:
        text: What was recognised.
    """
    compact = "".join(words_of(text))
    if _said(_SUICIDE, compact):
        if _OTHERS_LIFE.search(compact):  # somebody else is to be saved: that is a rescue
            return Danger(kind=DangerKind.EMERGENCY)
        return Danger(kind=DangerKind.SUICIDE, certain=not _FIGURE.search(compact))
    if _TOLD_OF.search(compact):
        return None
    if _said(_POLICE, compact):
        return Danger(kind=DangerKind.POLICE)
    fallen = _said(_FALLEN, compact) and not _FALLEN_THINGS.search(compact)
    trapped = _said(_TRAPPED, compact) and not _ANIMALS.search(compact)
    injured = _said(_INJURY, compact) and (
        not _ANIMALS.search(compact) or _PEOPLE_SAID.search(compact) is not None
    )
    if fallen or trapped or injured or _said(_HAZARD, compact):
        return Danger(kind=DangerKind.EMERGENCY)
    return None
