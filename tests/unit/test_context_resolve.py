"""Which files imports mean."""

from __future__ import annotations

import pytest

from foretype.context.index import SymbolIndex
from foretype.context.outline import Link, Outline
from foretype.context.resolve import resolve
from foretype.syntax.languages import Languages

LANGUAGES = Languages()


def resolved(importer: str, source: str, names: str, files: str) -> str:
    """Paths are below ``/w``; several are joined with blanks."""
    index = SymbolIndex()
    for file in (*files.split(), importer):
        index.put(f"/w/{file}", Outline(LANGUAGES.language_of_path(file) or "", (), ()))
    language = LANGUAGES.language_of_path(importer)
    assert language is not None
    link = Link((0, 0), (source,), tuple((name, name) for name in names.split()))
    return " ".join(path.removeprefix("/w/") for path in resolve(index, language, f"/w/{importer}", link))


@pytest.mark.parametrize(
    ("importer", "source", "names", "files", "expected"),
    [
        # Python
        ("shop/cart.py", ".money", "Money", "shop/money.py other/money.py", "shop/money.py"),
        ("shop/sub/cart.py", "..money", "Money", "shop/money.py shop/sub/money.py", "shop/money.py"),
        ("shop/cart.py", ".", "money stock", "shop/money.py shop/stock.py shop/__init__.py",
         "shop/money.py shop/stock.py shop/__init__.py"),
        ("shop/cart.py", "shop.money", "Money", "shop/money.py", "shop/money.py"),
        ("app/main.py", "shop.money", "Money", "src/shop/money.py", "src/shop/money.py"),
        ("app/main.py", "shop.money", "Money", "src/shop/money/__init__.py", "src/shop/money/__init__.py"),
        ("app/main.py", "shop", "money", "shop/__init__.py shop/money.py", "shop/money.py shop/__init__.py"),
        ("main.py", "money", "", "money.py", "money.py"),
        ("app/main.py", "json", "", "tools/json.py", ""),
        ("app/main.py", "os.path", "join", "app/path.py", ""),
        ("app/main.py", "shop.money", "", "app/money.ts", ""),
        # JavaScript and TypeScript
        ("src/cart.ts", "./money", "Money", "src/money.ts lib/money.ts", "src/money.ts"),
        ("src/cart.ts", "./money.js", "Money", "src/money.ts", "src/money.ts"),
        ("src/a/cart.tsx", "../money", "Money", "src/money/index.ts", "src/money/index.ts"),
        ("src/a/cart.ts", "@/lib/money", "Money", "src/lib/money.ts", "src/lib/money.ts"),
        ("src/cart.ts", "react", "useState", "vendor/react.ts", ""),
        ("src/cart.js", "./types", "", "src/types.d.ts", "src/types.d.ts"),
        ("src/cart.ts", ".", "Money", "src/index.ts", "src/index.ts"),
        # Go: packages are folders, and the module's name is in no path
        ("cmd/main.go", "example.com/shop/stock", "", "stock/a.go stock/b.go other/c.go", "stock/a.go stock/b.go"),
        ("cmd/main.go", "fmt", "", "fmt/a.go", ""),
        # Rust
        ("src/cart.rs", "crate::money", "Money", "src/money.rs", "src/money.rs"),
        ("src/shop/cart.rs", "super", "money", "src/shop/money.rs src/money.rs", "src/shop/money.rs"),
        ("src/shop/mod.rs", "cart", "cart", "src/shop/cart.rs src/cart.rs", "src/shop/cart.rs"),
        ("src/main.rs", "shop::money", "Money", "src/money.rs", "src/money.rs"),
        # Java, Kotlin, C#, PHP
        ("src/acme/a/Cart.java", "acme.b.Money", "Money", "src/acme/b/Money.java", "src/acme/b/Money.java"),
        ("src/com/acme/a/Cart.java", "com.acme.b", "b", "src/com/acme/b/A.java src/com/acme/b/B.java",
         "src/com/acme/b/A.java src/com/acme/b/B.java"),
        ("src/acme/a/Cart.java", "acme.b.Money.of", "of", "src/acme/b/Money.java", "src/acme/b/Money.java"),
        ("src/a/Cart.kt", "com.acme.Money", "Money", "src/com/acme/Money.kt", "src/com/acme/Money.kt"),
        ("App/Cart.cs", "Acme.Store", "", "Store/Item.cs", "Store/Item.cs"),
        ("src/Cart.php", "App\\Store\\Item", "Item", "src/Store/Item.php", "src/Store/Item.php"),
        # C and C++: beside the file first
        ("src/cart.c", "money.h", "", "src/money.h include/money.h", "src/money.h"),
        ("src/cart.cpp", "shop/money.h", "", "include/shop/money.h", "include/shop/money.h"),
        # Ruby, Lua
        ("lib/cart.rb", "money", "", "lib/money.rb", "lib/money.rb"),
        ("lib/cart.rb", "shop/money", "", "lib/shop/money.rb", "lib/shop/money.rb"),
        ("shop/cart.lua", "shop.money", "money", "shop/money.lua", "shop/money.lua"),
    ],
)  # fmt: skip
def test_resolved(importer: str, source: str, names: str, files: str, expected: str) -> None:
    assert resolved(importer, source, names, files) == expected


def test_documents_that_are_no_files_import_nothing_by_accident() -> None:
    index = SymbolIndex()
    index.put("/w/money.py", Outline("python", (), ()))
    link = Link((0, 0), (".money",), (("Money", "Money"),))
    assert resolve(index, "python", "untitled:Untitled-1", link) == ()
