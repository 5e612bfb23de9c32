"""What a citizen may say at any point: repeat, slower, wait, later, a person please, who is calling, stop.

A wish is short. Each pattern is matched on the utterance without spaces and only up to a length, so that a
story in which somebody "called later" or "asked for a person" stays a story.
"""

from __future__ import annotations

import re

from voicebot.dialogue.understanding.result import Status

_START = r"^(?:네|예|응|어|아|음|저|저기요?|근데|그런데|여보세요|아니|그럼|죄송한데|미안한데|잠깐만|그냥)*"
"""How a wish begins: the words before it carry nothing."""

_PERSON = r"(?:진짜)?(?:사람|상담원|상담사|직원|담당자|당직자|당직|공무원|교환|안내원)(?:분)?"
_MACHINE = r"(?:기계|로봇|인공지능|에이아이|AI|ai)"

_ALTERNATIVES: tuple[tuple[Status, int, tuple[str, ...]], ...] = (
    (
        Status.HUMAN,
        30,
        (
            _PERSON
            + r"(?:이?랑|하고|과|와|한테|에게|을|를|으로|로)?(?:좀|직접|빨리|바로|얼른|지금)*"
            + r"(?:바꿔|바까|연결|통화(?:하|할|를|좀|시켜)|돌려|불러|대줘|대주|얘기|이야기|이약이"
            + r"|말(?:하|할|씀)|상담|나오|부탁)",
            _START + _PERSON + r"(?:이?요|좀요|으로요|으로)?$",
            _MACHINE + r"(?:랑|하고|한테|는|은)?(?:말고|싫|말하기싫|못하)",
        ),
    ),
    (
        Status.STOP,
        24,
        (
            r"(?:전화|연락)(?:를|을)?(?:좀)?(?:다시는|다신|이제|그만|더는)*"
            r"(?:하지마|하지말|걸지|그만|안했으면|안하셨으면|안왔으면|끊으세|끊어주)",
            _START + r"(?:이제|이만|이거|좀)*그만(?:하|해|할|좀|둬|두|요)",
            _START + r"(?:이만|그만|이제|전화|나|저)*끊(?:을게|을께|겠|읍시다|자|어요|어라|는다|으께)",
        ),
    ),
    (
        Status.WHO,
        20,
        (
            _START
            + r"(?:거기|지금|그쪽은?|전화하신분)?누구"
            + r"(?:세요|시|야|신|여|요|십|예요|에요|라고|데|쇼|유|고|$)",
            _START
            + r"(?:거기|여기|지금)?어디"
            + r"(?:세요|시죠|십니까|신가요|신데|라고요|라구요|예요|에요|요|야|고|여)$",
            _START + r"(?:거기|여기|지금)?(?:어디서(?:전화|거|건|온)|뭐하는(?:데|곳))",
            r"사람이?(?:에요|야|여|예요|인가요)(?:아니면)?(?:기계|로봇|인공지능)|(?:기계|로봇)(?:에요|예요|야)(?:아니면)?사람",
            r"^(?:이거|혹시|이게|지금)*(?:보이스피싱|피싱|사기)(?:전화)?(?:아니|아냐|아녀|이?죠|이?지|이?에요|예요)",
            _START
            + r"(?:지금|혹시)?(?:진짜)?(?:사람|"
            + _MACHINE
            + r")(?:이|인|이신)?(?:에요|예요|야|가요|입니까|세요|맞아요|아니에요|아니야)$",
        ),
    ),
    (
        Status.SLOWER,
        18,
        (
            r"천천히(?:좀)?(?:말|얘기|이야기|해|요|불러|부탁|$)",
            r"(?:말이|너무|넘)(?:너무|좀)?(?:빨라|빠르|빨러)",
            r"^빨라요?$",
        ),
    ),
    (
        Status.LATER,
        22,
        (
            _START + r"(?:지금은?|제가|내가|좀)*(?:바빠|바쁘|바쁩|바쁜데)",
            _START
            + r"(?:지금은?|제가)*(?:나중에|이따가?|담에|다음에)(?:다시|좀)?"
            + r"(?:전화|하|할|해|통화|얘기|요|$)",
            r"지금(?:은)?(?:전화|통화)(?:가|를|하기)?(?:좀)?(?:안돼|안되|어려|곤란|못)",
            r"^\S{0,8}(?:운전|회의|근무|식사|진료)(?:하는)?중",
        ),
    ),
    (
        Status.REPEAT,
        20,
        (
            _START + r"(?:뭐라고|뭐라구|뭐라꼬|뭐라카|뭐라는|뭐라$|뭐요$|뭐$|무슨말|무슨소리|못알아들)",
            r"^(?:뭐가?|뭐뭐|뭐뭐가)(?:있|있었)(?:다고|다구|어요|냐|더라)",
            r"^(?:네|예|아)*(?:여보세요)+$",
            r"다시(?:한번|한번만|좀)?(?:더)?(?:말|얘기|이야기|들려|불러|설명|알려|요$|해줘|해주)",
            _START + r"다시(?:한번만?)?$",
            _START + r"한번(?:만)?더(?:말|얘기|이야기|들려|불러|해|요|$)",
            _START + r"(?:소리가|말이|잘|하나도)*(?:안들(?:려|리|렸|린)|못들(?:었|어)|잘안들)",
            r"크게(?:좀)?(?:말|얘기|이야기)",
        ),
    ),
    (
        Status.WAIT,
        18,
        (
            _START + r"(?:(?:잠깐|잠시|쪼매|쪼끔)(?:만)?|조금만)(?:요|좀|기다(?:려|리)|있(?:어|으)|계세|$)",
            _START + r"조금(?:기다(?:려|리)|있(?:어|으)|계세)",
            _START + r"(?:좀)?기다려(?:요|봐|보|주|$)",
            _START + r"가만(?:있|요|히|$)",
            r"(?:적을|쓸)(?:거|것|게)|볼펜|적어놓은|가져올게|찾아볼게|받아적",
        ),
    ),
)

_PATTERNS = tuple(
    (status, longest, re.compile("|".join(alternatives))) for status, longest, alternatives in _ALTERNATIVES
)

_HINTS = re.compile(
    r"적어|가져올|찾아볼|받아|볼펜|사람|상담|직원|담당|당직|공무원|교환|안내원|기계|로봇|인공지능|에이아이|AI|ai|그만|끊|전화|연락|누구"
    r"|어디|뭐|사기|피싱|천천|빠르|빨|여보|다시|한번|들|무슨|크게|못알|잠깐|잠시|쪼|조금|기다|가만|적을|쓸"
    r"|볼펜|바|나중|이따|다음|담에|통화|운전|회의"
)
"""Something of every pattern: most answers hold none of these and cost one search."""

_REPORTED = re.compile(r"(?:세요|야|[^달]라고|다고)(?:하면서|했는데|해서|하는데|하더|하길래|그래서)")
"""What somebody else said ("누구세요" 하면서 …): a story."""

_LONGEST = max(longest for _, longest, _ in _ALTERNATIVES)


def global_intent(compact: str) -> Status | None:
    """The wish that an utterance (without spaces) is, or ``None``."""
    if len(compact) > _LONGEST or not _HINTS.search(compact) or _REPORTED.search(compact):
        return None
    for status, longest, pattern in _PATTERNS:
        if len(compact) <= longest and pattern.search(compact):
            return status
    return None
