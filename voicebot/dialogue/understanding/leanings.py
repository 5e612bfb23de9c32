"""Words that lean to yes or no without being one: 깜빡했네 (medicine: no), 쑤셔요 (pain: yes), 물어보세요.

What a word leans to depends on the kind of the question. All patterns are matched without spaces.
"""

from __future__ import annotations

import re

_NOT_DONE = re.compile(
    r"걸렀|걸러|거르|굶|건너뛰|건너뛌|깜빡|잊어|잊었|잊고|까묵|설쳤|설치|뒤척|날샜|날새|날을샜|집에만|꼼짝|누워만"
    r"|먹을거|먹을게|할거예|할거야|(?:먹|하|할|갈|잘|나갈)(?:려고|을라고|라고)(?!해)|이따가?|있다가?먹|나중에먹|별로|그닥|그다지"
    r"|거의안|생각(?:이|도)?없|(?:먹어|해|자|가|나가)야(?:지|죠|겠)|떨어졌|떨어져|못"
)
"""The thing asked after was not done, or not yet."""
_DONE = re.compile(
    r"(?:[았었했였갔떴왔봤잤뒀됐탔샀렸켰났섰졌쳤꼈녔췄셨]|묵었|잡쉈)"
    r"(?:어|지|습|네|구|다|제|는|고|심|재|으|당|응|거|더|시)"
)
"""Any past statement without a negation answers "did you?" with what was done."""
_BEFELL = re.compile(
    r"(?:넘어|미끄러|쓰러|자빠|부러|엎어)(?:졌|지셨)\S{0,3}|다[쳤치]셨?\S{0,3}|아팠\S{0,3}|부딪[혔쳤]\S{0,3}|삐[었끗]\S{0,3}|토했\S{0,3}|깼\S{0,3}"
)
"""What happened to one answers only whether it did: it says nothing of sleep or a meal."""
_PAST_QUESTION = re.compile(r"[았었했였셨갔봤](?:어|나|습|는|지|죠|을|던)")
_KEEPS_DOING = re.compile(r"(?:고|구)있|꼬박|매일|날마다|맨날|항상|늘|자주|챙겨|잘먹|잘자|푹")

_WELL = re.compile(
    r"잘지내|잘있|그럭저럭|별일없|여전|멀쩡|건강|아무렇지|이상(?:은|이)?없|튼튼|끄떡없|말짱|나았|다나"
)
_AILING = re.compile(
    r"쑤시|쑤셔|저려|저리|결려|결리|욱신|뻐근|어지[러럽]|더부룩|숨(?:이)?[차찬]|체했|삭신|아파|아프|아픕|껴|끼어|심해|심하|조금|쪼금"
    r"|많이|자꾸|가끔|종종|자주|한두번|핑돌|불편|고장|콜록|따가|따갑|으슬|열나|열이나|피가|부러|힘들|답답|메스|토할|쓰러|욱씬|시려|시리"
    r"|(?:[^안]|^)(?:나요|나와|나네|납니다|나죠|나지)$|많이나|좀나|좀그래"
)
_WANTED = re.compile(
    r"고맙|고마|감사|그래주|그래줘|그리해|그렇게해|부탁|오시라|오라고|와주|오세요|보내주|좋지|좋겠|좋을|해주|해줘|해줄|해달"
    r"|신청할|신청해|받을게|받을래|주세요|주이소|주시면|주면|줘요"
)
_UNWANTED = re.compile(
    r"사양|혼자(?:서)?(?:도)?(?:할|해)|할수있|스스로|번거|귀찮|그럴것까지|필요없|관심없|안\S{1,5}도(?:돼|되|됩|괜찮)|(?:내가|제가|알아서)(?:알아서)?(?:할|해)|안할|안받|안해|그만두|놔두|뭘요$"
    r"|[됐댔](?:다|고|네|심|구)"
)
_THINKING = re.compile(r"생각(?:좀|을)?(?:해볼|해보|해봐)|고민|의논|물어보고|상의")
_GRANTED = re.compile(
    r"상관없|문제없|괜찮|괘안|개안|그러시든|그러든|좋을대로|편할대로|편한대로|마음대로|맘대로|물어보|물어봐|물어보이|말해|말씀하|말씀해|얘기해|얘기하"
    r"|이야기해|하이소|하세요|하셔|해보|해봐|연락주|전화주|하소|하시소|가능해|가능합|그러이소|^(?:돼|되|됩)|해도(?:돼|되|됩)|시간(?:이)?(?:있|돼|됩)"
)
_REFUSED = re.compile(r"안(?:돼|되|됩|괜찮|해)|싫|말고|다른|곤란|어렵|불편|하지마|하지말")
_PLAIN_YES = re.compile(
    r"^(?:그렇|그러(?!니|면|게|나)|그라(?!면|모)|그려|맞|마[자저즈즘]|있(?!잖|다가)|기[여라지]|하모|당연|정확|확실히?(?:해|합|맞)|틀림없|아졔|아제$|아예$|겨$)"
)
_PLAIN_NO = re.compile(
    r"^(?:그게|그건|거기가|그거|거기는|그기)?(?:아이라|아이다|아니|아녀|아닌|아닙|안맞|틀[리려렸]|없|읎|싫)"
)
_SEEMS_SO = re.compile(r"^(?:그런|있는|맞는|그럴)(?:것|거)같")
_SEEMS_NOT = re.compile(r"(?:아닌|없는|않은|안\S{1,4})(?:것|거)같|(?:다른|딴)(?:데|곳|번호|사람|동네)")
_NOT_SEEN = re.compile(r"못봤|못봐|안봐|안봤|못들었|안가봐서")
_NEGATED = re.compile(r"없|않|안(?!녕|양|산|동|쪽|방|내|전|에서|과|경|부|심)|못(?!자리|질)|아니|아닌|싫")


def asks_what_was_done(question: str) -> bool:
    """Whether a question asks for something past ("드셨어요?")."""
    return _PAST_QUESTION.search(question.replace(" ", "")) is not None


def leaning(compact: str, question: str, polarity: str) -> str:
    """``yes``, ``no``, ``unsure`` or empty.

    Args:
        compact: The answer without spaces.
        question: The question without spaces.
        polarity: ``fact``, ``symptom``, ``offer`` or ``consent``.
    """
    if _NOT_SEEN.search(compact) and "봤" not in question:
        return "unsure"
    match polarity:
        case "symptom":
            found = _of_symptom(compact)
        case "offer":
            found = _of_offer(compact)
        case "consent":
            found = "no" if _REFUSED.search(compact) else "yes" if _GRANTED.search(compact) else ""
        case _:
            found = _of_fact(compact, question)
    return found or _plain(compact)


def _of_symptom(compact: str) -> str:
    if _WELL.search(compact):
        return "no"
    return "yes" if _AILING.search(compact) and not _NEGATED.search(compact) else ""


def _of_offer(compact: str) -> str:
    if _THINKING.search(compact):
        return "unsure"
    if _UNWANTED.search(compact):
        return "no"
    return "yes" if _WANTED.search(compact) and not _NEGATED.search(compact) else ""


def _of_fact(compact: str, question: str) -> str:
    if not _PAST_QUESTION.search(question):
        return "yes" if _AILING.search(compact) and not _NEGATED.search(compact) and "피" in compact else ""
    if _NOT_DONE.search(compact):
        return "no"
    if _NEGATED.search(compact):
        return ""
    if _BEFELL.search(question) is None:
        compact = _BEFELL.sub("", compact)
    return "yes" if _DONE.search(compact) or _KEEPS_DOING.search(compact) else ""


def _plain(compact: str) -> str:
    """By its first word, whatever its ending (맞당께, 없심더, 그렇구만)."""
    if _SEEMS_NOT.search(compact):
        return "no"
    if _SEEMS_SO.search(compact):
        return "yes"
    if _PLAIN_NO.search(compact):
        return "no"
    return "yes" if _PLAIN_YES.search(compact) and not _NEGATED.search(compact) else ""
