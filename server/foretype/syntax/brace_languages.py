"""The languages whose bodies stand in braces, as data."""

from __future__ import annotations

from foretype.syntax.languages import CHARACTER, DOUBLE, SINGLE, TRIPLE, LanguageSpec, Quote, Semicolons

_C_BLOCK = ("/*", "*/")
_MODIFIERS = (
    r"(?:(?:public|private|protected|internal|static|abstract|final|sealed|partial|virtual|override|typedef|export|inline"
    r"|unsafe|readonly|new)\s+)*"
)
_C_HEADER = (
    r"(?:\}\s*)?" + _MODIFIERS + r"(?:if|else|for|while|do|switch|try|catch|finally|struct|class|union|enum|namespace"
    r"|extern|template|case|default)\b"
)
_JS_REGEX = r"(?<=[=(,:!&|?\[{;])[ \t]*/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/"
_JS_HEADER = (
    r"(?:\}\s*)?(?:export\s+)?(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?"
    r"(?:if|else|for|while|do|switch|try|catch|finally|function|class|interface|enum|namespace|module|case|default\s*:)\b"
)
_JAVASCRIPT = LanguageSpec(
    id="javascript",
    module="tree_sitter_javascript",
    aliases=("javascriptreact", "jsx", "js"),
    extensions=(".js", ".jsx", ".mjs", ".cjs"),
    line_comment="//",
    block_comment=_C_BLOCK,
    quotes=(Quote("`", "`", multiline=True, interpolation="${"), DOUBLE, SINGLE),
    skip_pattern=_JS_REGEX,
    semicolons=Semicolons.OPTIONAL,
    header=_JS_HEADER,
    soft_finishers=")]\"'`",
    tags=True,
)


def _like_javascript(id: str, function: str, aliases: tuple[str, ...], extensions: tuple[str, ...]) -> LanguageSpec:
    return LanguageSpec(
        id=id,
        module="tree_sitter_typescript",
        function=function,
        aliases=aliases,
        extensions=extensions,
        line_comment="//",
        block_comment=_C_BLOCK,
        quotes=_JAVASCRIPT.quotes,
        skip_pattern=_JS_REGEX,
        semicolons=Semicolons.OPTIONAL,
        header=_JS_HEADER,
        soft_finishers=_JAVASCRIPT.soft_finishers,
        tags=id == "tsx",
    )


BRACE_LANGUAGES: tuple[LanguageSpec, ...] = (
    _JAVASCRIPT,
    _like_javascript("typescript", "language_typescript", ("ts",), (".ts", ".mts", ".cts")),
    _like_javascript("tsx", "language_tsx", ("typescriptreact",), (".tsx",)),
    LanguageSpec(
        id="go",
        module="tree_sitter_go",
        aliases=("golang",),
        extensions=(".go",),
        line_comment="//",
        block_comment=_C_BLOCK,
        quotes=(Quote("`", "`", multiline=True, escapes=False), DOUBLE, CHARACTER),
        semicolons=Semicolons.NEVER,
        header=r"(?:\}\s*)?(?:if|else|for|switch|select|func|type|case|default)\b",
        soft_finishers=")]}\"`'",
        words=frozenset({"break", "continue", "fallthrough"}),
    ),
    LanguageSpec(
        id="rust",
        module="tree_sitter_rust",
        aliases=("rs",),
        extensions=(".rs",),
        line_comment="//",
        block_comment=_C_BLOCK,
        quotes=(
            Quote('b?r#"', '"#', multiline=True, escapes=False),
            Quote('b?"', '"', multiline=True),
            Quote(r"b?'(?=\\?.{1,10}')", "'", closed_only=True),
        ),
        header=(
            r"(?:\}\s*)?(?:pub(?:\([^)]*\))?\s+)?(?:default\s+)?(?:const\s+)?(?:async\s+)?(?:unsafe\s+)?"
            r"(?:(?:let\s[^=]*=\s*|return\s+|[\w.]+\s*=\s*)?(?:if|match|loop|unsafe)\b"
            r"|(?:else|for|while|loop|fn|struct|enum|union|trait|impl|mod|extern|macro_rules!|unsafe)\b)"
        ),
    ),
    LanguageSpec(
        id="java",
        module="tree_sitter_java",
        extensions=(".java",),
        line_comment="//",
        block_comment=_C_BLOCK,
        quotes=(TRIPLE, DOUBLE, CHARACTER),
        header=_C_HEADER.replace("struct", "interface|record|synchronized|struct"),
    ),
    LanguageSpec(
        id="kotlin",
        module="tree_sitter_kotlin",
        aliases=("kt",),
        extensions=(".kt", ".kts"),
        line_comment="//",
        block_comment=_C_BLOCK,
        quotes=(Quote('"""', '"""', True, False, interpolation="${"), Quote('"', '"', interpolation="${"), CHARACTER),
        semicolons=Semicolons.NEVER,
        header=(
            r"(?:\}\s*)?(?:(?:val|var)\s[^=]*=\s*|return\s+)?(?:@\w+\s+)*"
            r"(?:(?:public|private|protected|internal|override|open|abstract|final|suspend|inline|data|sealed|enum"
            r"|companion|operator|infix|tailrec|annotation|inner|value|lateinit)\s+)*"
            r"(?:if|else|for|while|do|when|try|catch|finally|fun|class|interface|object|init|constructor|get|set)\b"
        ),
        soft_finishers=")]\"'",
        words=frozenset({"break", "continue"}),
        region_bytes=14_000,
    ),
    LanguageSpec(
        id="c",
        module="tree_sitter_c",
        extensions=(".c", ".h"),
        line_comment="//",
        block_comment=_C_BLOCK,
        quotes=(DOUBLE, CHARACTER),
        header=_C_HEADER,
        types_need_semicolon=True,
    ),
    LanguageSpec(
        id="cpp",
        module="tree_sitter_cpp",
        aliases=("c++", "cuda-cpp", "objective-cpp"),
        extensions=(".cpp", ".cc", ".cxx", ".hpp", ".hh", ".hxx", ".ipp", ".inl", ".cu", ".cuh"),
        line_comment="//",
        block_comment=_C_BLOCK,
        quotes=(Quote(r'R"\(', ')"', multiline=True, escapes=False), DOUBLE, CHARACTER),
        header=_C_HEADER,
        types_need_semicolon=True,
    ),
    LanguageSpec(
        id="csharp",
        module="tree_sitter_c_sharp",
        aliases=("c#", "cs"),
        extensions=(".cs", ".csx"),
        line_comment="//",
        block_comment=_C_BLOCK,
        quotes=(
            Quote(r'\$?"""', '"""', multiline=True, escapes=False),
            Quote(r'\$"', '"', interpolation="{"),
            Quote(r'(?:@\$|\$@)"', '"', multiline=True, escapes=False, interpolation="{"),
            Quote('@"', '"', multiline=True, escapes=False),
            DOUBLE,
            CHARACTER,
        ),
        header=_C_HEADER.replace("struct", "interface|record|foreach|using|lock|get|set|init|add|remove|struct")
        + r"|(?:public|private|protected|internal)\s[^=()]*$",
    ),
    LanguageSpec(
        id="php",
        module="tree_sitter_php",
        function="language_php",
        extensions=(".php", ".phtml"),
        line_comment="//",
        line_comment_pattern=r"//|#(?!\[)",
        block_comment=_C_BLOCK,
        quotes=(Quote('"', '"', multiline=True, interpolation="{$"), Quote("'", "'", multiline=True)),
        header=(
            r"(?:\}\s*)?(?:(?:abstract|final|public|private|protected|static|readonly)\s+)*"
            r"(?:if|else|elseif|for|foreach|while|do|switch|try|catch|finally|function|fn|class|interface|trait|enum"
            r"|namespace|match|case|default)\b"
        ),
    ),
    LanguageSpec(
        id="swift",
        module="tree_sitter_swift",
        extensions=(".swift",),
        line_comment="//",
        block_comment=_C_BLOCK,
        quotes=(Quote('"""', '"""', multiline=True, interpolation="\\("), Quote('"', '"', interpolation="\\(")),
        semicolons=Semicolons.NEVER,
        header=(
            r"(?:\}\s*)?(?:@\w+\s+)*(?:(?:public|private|fileprivate|internal|open|static|final|override|mutating"
            r"|indirect|convenience|required|lazy|async)\s+)*"
            r"(?:if|else|guard|for|while|repeat|do|catch|switch|func|class|struct|enum|protocol|extension|actor|init"
            r"|deinit|subscript|get|set|willSet|didSet|defer|case|default)\b"
        ),
        soft_finishers=')]"',
        words=frozenset({"break", "continue", "fallthrough"}),
        region_bytes=12_000,
    ),
    LanguageSpec(
        id="scala",
        module="tree_sitter_scala",
        extensions=(".scala", ".sc", ".sbt"),
        line_comment="//",
        block_comment=_C_BLOCK,
        quotes=(
            Quote('"""', '"""', multiline=True, escapes=False, interpolation="${"),
            Quote('"', '"', interpolation="${"),
            CHARACTER,
        ),
        semicolons=Semicolons.NEVER,
        header=(
            r"(?:\}\s*)?(?:(?:val|var)\s[^=]*=\s*)?"
            r"(?:(?:private|protected|override|final|implicit|lazy|sealed|abstract|case|inline|given)\s+)*"
            r"(?:if|else|for|while|do|try|catch|finally|def|class|object|trait|enum|extension|case|package)\b"
        ),
        opens=r".*(?:=|=>|\bthen|\belse|\bdo|\bmatch|\byield|\btry|\bcatch|\bfinally)$",
        soft_finishers=")]\"'",
        region_bytes=14_000,
    ),
)
