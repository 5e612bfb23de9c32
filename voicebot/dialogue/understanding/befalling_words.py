"""The words by which one tells whom something befalls; each pattern reads one word of an utterance."""

from __future__ import annotations

import re

_THINGS = (
    "나무|가로수|나뭇가지|가지|간판|입간판|기둥|신호등|가로등|보안등|전봇대|전신주|표지판|물탱크|텐트|좌판|딸기|물건|모래|자갈|낙엽|밧줄|바퀴"
    "|바위|담장|담벼락|벽돌|지붕|천막|컨테이너|자전거|킥보드|오토바이|스쿠터|유모차|손수레|수레|전선|쓰레기|비닐|과일|배추|의자|벤치|그네|우산|파라솔"
    "|지갑|핸드폰|휴대폰|휴대전화|전화기|가방|열쇠|빨래|현수막|배너|철판|종이|뚜껑|난간|예산|인터넷|타이어|볼라드|차단봉|유리|화분|카드|여권"
    "|안내판|게시판|울타리|펜스|휀스|가림막|그늘막|칸막이|정류장|노선|안테나|이정표|반사경|진열대|선반|장독|항아리|조형물|동상|비석|시설물|보도블록"
    "|보도블럭|블록|카펫|매트|아스팔트|고인돌|대문|문짝|철문|작물|모종|옥수수|잔디|신발|안경|장난감|동전|반지|보청기|공사자재|자재|파이프|드럼통|소화전"
)
_ANIMALS = (
    "강아지|고양이|냥이|멍멍이|두꺼비|개구리|오리|비둘기|족제비|고라니|멧돼지|너구리|송아지|염소|토끼|까치|까마귀|물고기|노루|사슴|백로|짐승|동물|벌레"
    "|참새|두루미|부엉이|앵무새|똥개|들개|진돗개|사냥개|유기견|길냥이|고슴도치|거북이|다람쥐|제비|황새|갈매기|병아리|닭들|원숭이|돼지|마리"
)
_SHORT_THINGS = "돌|흙|공|담|벽|꽃|벼|차바퀴|글|돈"
_SHORT_ANIMALS = "개|뱀|새|소|닭|쥐|꿩|떼"
_BOUND = r"(?:들)?(?:이|가|은|는|도|을|를|만|까지|마저|이나|의)"
_ANIMAL = rf"(?:.*(?:{_ANIMALS})|(?:{_SHORT_ANIMALS})|.*[가-힣]견)"
_THING = rf"(?:.*(?:{_THINGS})|(?:{_SHORT_THINGS}))"

NOT_PEOPLE_SUBJECT = re.compile(rf"(?:{_THING}|{_ANIMAL}){_BOUND}$")
NOT_PEOPLE_SUBJECT_ONLY = re.compile(rf"(?:{_THING}|{_ANIMAL})(?:들)?(?:이|가|은|는|도)$")
"""As subject and not as object."""
ANIMAL_SUBJECT = re.compile(rf"{_ANIMAL}(?:들)?(?:이|가|은|는|도)$")
NOT_PEOPLE_BARE = re.compile(rf"(?:.*(?:{_THINGS})|.*(?:{_ANIMALS})|(?:{_SHORT_THINGS}|뱀|닭|쥐|꿩))(?:들)?$")
ANIMAL_BARE = re.compile(rf"(?:.*(?:{_ANIMALS}))(?:들)?$")
NOT_PEOPLE_NOUN = re.compile(
    rf"(?:{_THING}|{_ANIMAL})(?:들)?(?:{_BOUND}|에|에서|로|으로|요|이요|예요|이에요|때문에|입니다|이|가)?$"
)

PEOPLE = re.compile(
    r"사람|할머니|할아버지|할매|할배|할무니|어르신|노인|아버지|어머니|아버님|어머님|아부지|어무이|엄마|아빠|남편|아내|집사람|마누라|영감"
    r"|^(?:우리|여자|남자|어린|큰|작은)?애(?:기|들)?(?:가|를|는|도|랑|하고)?$|애기|아이|아기|어린이|아들|^딸|손자|손녀|손주|꼬마|아저씨|아주머니|아줌마"
    r"|친구|환자|이웃|학생|누가|누군가|한분|분(?:이|을|께서)$|여자|남자|인부|운전자|승객|손님|동생|언니|오빠|누나|조카|삼촌|이모|고모|사위|며느리|시어머"
    r"|장모|장인|직원|동료|선생|근로자|작업자|노동자|주민|행인|청년|중학생|^(?:저|나|제|내|우리|저희)(?:는|도|를|가|만|랑)?$"
)
BODY = re.compile(
    r"(?:손|발|팔|다리|머리|허리|목|손가락|발가락|손목|발목|무릎|어깨|골반|엉덩이|얼굴|눈|코|입|입술|이마|몸|온몸|가슴|배|등|갈비|갈비뼈|뼈|피|코피|숨|의식|정신|꼬리|날개|심장"
    r"|호흡)(?:이|가|을|를|도|은|는|만|에서)?$"
)
PLACE = re.compile(
    r"(?:에|에다|에다가|에서|에게|에게서|한테|한테서|에서는|에는|에도|께|까지|부터|으로|로|쪽|안|밑|아래|위|옆|앞|뒤|근처|속|사이|틈)$"
)
ADVERB = re.compile(
    r"(?:막|꽉|다|확|쿵|팍|푹|많이|조금|좀|너무|완전히|완전|아주|거의|지금|방금|갑자기|어제|오늘|아까|또|계속|자꾸|이미|그만|그냥|크게|심하게|못|안)$"
)
CLAUSE_END = re.compile(
    r"[가-힣](?:서|다가|다|고|는데|은데|ㄴ데|데|니까|니|면|면서|자|길래|느라|라|며|지만|려|려고|라고|더니|요|죠|네|어|아|져|혀|여|해|와|춰|쳐|겨|려가|가지고|갖고|가꼬)$"
    r"|^(?:그래서|그런데|근데|그리고|그러다)$"
)
CLAUSE_NOUN = re.compile(
    r"(?:바람|통|중|도중|동안|때|사이|순간|찰나|탓|틈|김|와중|직후|뒤|후|다음)(?:에|에는)?$"
)
BEFORE_CLAUSE_NOUN = re.compile(
    r"(?:는|던|은|[가-힣]{2,}[갈날달랄말발살잘찰칼탈팔할릴질칠닐필일힐될를을울볼줄출눌둘물굴길]|[진간린친킨난본온탄힌])$"
)
"""A clause and what it is the cause or the time of: "무너지는 바람에", "넘어질 때"; alone 바람 is wind."""
PLACE_OF_WORDS = re.compile(r"(?:에서|에게서|한테서|까지)$")
NO_CLAUSE_END = re.compile(r"(?:사고|창고|광고|중고|바다|경찰서|보건소|부서|화면|라면|그대로|아래)$")
VEHICLE = re.compile(r".*(?:차|버스|트럭|택시|봉고)(?:들)?(?:이|가|는|은|도|를)$")
VEHICLE_ALONE = re.compile(r"갇|꼼짝|못나|못움직|빠[졌져진질]|부러|받혔|받혀")
"""What befalls a car, perhaps with people in it."""
WATER = re.compile(r"물|강|하천|바다|저수지|호수|연못|계곡|개천")
JOINING = re.compile(r"[여혀려져서고]$")
MODIFIER = re.compile(r"[가-힣](?:은|는|던)$|[진린힌인친낀]$")
OTHER_SUBJECT = re.compile(r"[가-힣](?:이|가)$")
OBJECT = re.compile(r"[가-힣](?:을|를)$")
TAKES_OBJECT = re.compile(r"끼|꼈|묻|잃어|없어")
OF_CAUSE = re.compile(r"때문|때메|땜에|덕에|탓")
SAME_SUBJECT = re.compile(r"(?:다가|다|더니|려고|려다)$")
SUFFERED = re.compile(
    r"치(?:여|였|이)|부러|꺾|찢|뜯|끊|맞(?:아|고)|다(?:쳐|쳤)|물(?:려|렸)|걸(?:려|렸)|빠(?:져|졌)|갇|끼(?:여|어)|굶|받(?:혀|혔)"
)
AFFECTED = re.compile(
    r"깔(?:렸|려|리|린)|떠내려|빠(?:졌|져|지|진|질)|받(?:혔|혀|힌)|치(?:였|여|인)|끼(?:었|어|인|여|였)|꼈|굴러|굴렀|못움직|꼼짝|쓰러(?:졌|져|지|질|진)"
    r"|뒤집|매달|갇|가쳐|가쳤|허우적|부러|묻(?:혔|혀|힌)|못(?:나|내려|꺼내)|다(?:쳤|쳐|치|친)|잃어버|없어졌|피(?:가|를|도)|의식|숨(?:을|이|도)|죽어가|못일어|안일어"
    r"|경련|발작|거품|눈을(?:안|못)|쫓아|따라|배회|헤매|끌고|사라졌"
)
"""What befalls people, and things and animals as well."""
BODILY = re.compile(
    r"쓰러(?:졌|지셨|지시|지신|졋|져(?!자|잤|잠|갑|가는기))|(?:에|한테|에게|사이|틈|밑)\S{0,3}(끼었|끼여|끼였|끼어서|꼈)|받(?:혔|혀서|혀가)"
    r"|굴러(?:떨|서|가지|갖|갔|내려)|굴렀|매달려(?:있|요)|허우적|(?:에|더미)\S{0,3}(묻혔)|(?<!안)다쳤|휩쓸(?:렸|려)|움직(?:이지|이질|일수)\S{0,2}(?:못|없|몬)"
    r"|에\S{0,2}(빠졌|빠져)|에\S{0,2}(갇)|못일어나|깔(?:렸|려)|치(?:였어|였는|였네|였다|여서)"
)
"""What harms a person where nothing else is said to suffer it: worth a question at least."""
STRUCK = re.compile(r"깔|받|치|끼|꼈|껴|다[쳤쳐치]|갇|묻|못|꼼|허우|피|숨|의식")
"""What a thing that has moved does to people."""
MOVES = re.compile(r"매달|굴러|떠내")
"""What a thing goes on doing by itself once it has come loose."""

MODIFYING = re.compile(r"(?:진|린|힌|인|친|낀|질|던|긴)$")
BOUND_NOUN = re.compile(
    r"(?:것|거|게|건|걸|데|지|채|줄|뒤|후|다음|적|상태|모양|듯|대요|답니|다고|같|거예|거야)"
)
SENTENCE_END = re.compile(r"(?:요|다|네|어|유|예|노|데이|더|져|죠)$")
AUXILIARY = re.compile(r"(?:있|버렸|버려|갔|가지고|계|놨|놓)")


def ends_clause(word: str, before: str = "") -> bool:
    """Whether a clause ends with a word.

    Args:
        word: The word.
        before: The one before it: a verb makes a clause of 바람에 or 때.
    """
    if CLAUSE_NOUN.match(word):
        return BEFORE_CLAUSE_NOUN.search(before) is not None
    if PLACE_OF_WORDS.search(word):
        return False
    return CLAUSE_END.search(word) is not None and NO_CLAUSE_END.search(word) is None
