"""The page of a running mlpack-serve in headless Chromium.

    page_check.py URL FOLDER    the models are those of page_models.py; pictures go to the folder
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

URL, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])
ANSWERED = re.compile("^200 after")
MARKUP = "<img src=x onerror=alert(1)>"
WIDTHS = {"phone": (360, 780), "desk": (1280, 860)}
FOLDER.mkdir(parents=True, exist_ok=True)


def opened(browser, where="", size="desk", **settings):
    """A page that complains of every error, of every dialog, and of every request to somebody else."""
    width, height = WIDTHS[size]
    context = browser.new_context(viewport={"width": width, "height": height}, **settings)
    page = context.new_page()
    page.problems = []
    page.on("console", lambda said: said.type in ("error", "warning") and page.problems.append(said.text))
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("dialog", lambda dialog: (page.problems.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda asked: asked.url.startswith((URL, "blob:")) or page.problems.append(asked.url))
    page.goto(f"{URL}/{where}")
    expect(page.locator("#form button.primary")).to_be_visible()
    expect(page.locator("#documents summary").first).to_be_visible()
    return page


def closed(page):
    assert not page.problems, page.problems
    page.context.close()


def send(page):
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#answer [role=status]").first).to_have_text(ANSWERED)


def looks(browser):
    for scheme in ["light", "dark"]:
        for size in WIDTHS:
            page = opened(browser, "#/iris/2", size, color_scheme=scheme)
            send(page)
            page.locator("#documents summary").nth(2).click()
            page.wait_for_function("document.querySelectorAll('#charts path.line').length === 4")
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{size}: {wide} pixels too wide"
            found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]})
            assert found.violations_count == 0, found.generate_report()
            page.screenshot(path=FOLDER / f"page-{size}-{scheme}.png", full_page=size == "phone")
            closed(page)


def markup(browser):
    page = opened(browser, "#/" + MARKUP.replace(" ", "%20").replace("<", "%3C").replace(">", "%3E").replace("=", "%3D"))
    expect(page.locator("#model-title")).to_have_text(f"{MARKUP}, version 1")
    send(page)
    assert page.locator("main img, main script, main b").count() == 0
    expect(page.locator("#answer thead")).to_contain_text("</td><b>sum")
    expect(page.locator("#models")).to_contain_text(MARKUP)
    command = page.locator("#answer pre").last.inner_text()
    said = json.loads(subprocess.run(["bash", "-c", f"{command} -sS"], capture_output=True, check=True).stdout)
    assert said["model_name"] == MARKUP and said["outputs"][0]["data"] == [0, 0], said
    closed(page)


def types(browser):
    page = opened(browser, "#/tariff/1")
    page.get_by_label("Rows").fill("2")
    page.get_by_label("Rows").press("Tab")
    page.get_by_label("city: row 0, 0").fill("L'Aquila \"é\" $(x) `y` \\n")
    page.get_by_label("age: row 1, 0").fill("NaN")
    page.get_by_label("member: row 1, 0").check()
    page.get_by_label("visits: row 0, 0").fill("9223372036854775807")
    send(page)
    cells = page.locator("#answer tbody tr").first.locator("td").all_inner_texts()
    assert cells == ["0", "L'Aquila \"é\" $(x) `y` \\n", "false", "9223372036854775807"], cells
    command = page.locator("#answer pre").last.inner_text()
    said = json.loads(subprocess.run(["bash", "-c", f"{command} -sS"], capture_output=True, check=True).stdout)
    assert said["outputs"][1]["data"][0] == "L'Aquila \"é\" $(x) `y` \\n" and said["outputs"][0]["data"][1] == "NaN", said

    page.get_by_label("visits: row 0, 0").fill("1.5")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#form [role=alert]")).to_have_text("visits: row 0, 0: expected a whole number, got “1.5”")
    expect(page.get_by_label("visits: row 0, 0")).to_be_focused()
    closed(page)

    page = opened(browser, "#/photo/1")
    send(page)
    assert page.locator("#answer tbody td").count() == 10
    expect(page.locator("#answer pre").last).to_contain_text("@request.json")
    closed(page)

    page = opened(browser, "#/echo_FP16/1")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#form [role=alert]")).to_contain_text("FP16 has no form in JSON")
    closed(page)


def files(browser):
    page = opened(browser, "#/iris/1")
    page.locator("#form").get_by_text("JSON", exact=True).first.click()
    for value in [[[5.1, 3.5, 1.4, 0.2]] * 3, {"X": [[5.1, 3.5, 1.4, 0.2]] * 3}]:
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(value, file)
            file.flush()
            page.get_by_label("File").set_input_files(file.name)
            expect(page.get_by_label("Request as JSON")).to_have_value(re.compile(r'^\{"inputs":\[\{"name":"X","shape":\[3,4\]'))
            send(page)
            assert page.locator("#answer tbody tr").count() == 3
    page.get_by_label("Request as JSON").fill('{"inputs": []}')
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#answer .error").last).to_have_text("not all inputs are given, expected also `X`")
    page.problems[:] = [text for text in page.problems if "status of 400" not in text]
    closed(page)


def keyboard(browser):
    """From the top to the answer with Tab, arrows and Enter alone; where one is can be seen, and has a name."""
    page = opened(browser, "#/iris/2")
    named = """() => {
        const one = document.activeElement;
        const label = one.getAttribute("aria-label") ?? one.labels?.[0]?.textContent ?? one.textContent;
        const by = one.getAttribute("aria-labelledby");
        const ring = one.closest(".switch label") ?? one;
        return [one.tagName, (by ? document.getElementById(by).textContent : label).trim(), getComputedStyle(ring).outlineStyle];
    }"""
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        tag, label, outline = page.evaluate(named)
        assert label and outline != "none", (tag, label, outline)
        seen.append(label)
        if label == "Send":
            break
    assert seen[0] == "Skip to the models" and seen[-1] == "Send", seen
    assert "X: sepal length (cm)" in seen and "Unload" in seen, seen
    page.keyboard.press("Enter")
    expect(page.locator("#answer [role=status]").first).to_have_text(ANSWERED)

    page.get_by_role("button", name="Unload").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#confirmation")).to_contain_text("Unload iris?")
    page.keyboard.press("Escape")
    expect(page.locator("#confirmation")).to_be_hidden()
    page.get_by_role("button", name="Unload").press("Enter")
    page.locator("#confirmation-yes").press("Enter")
    expect(page.locator("#form")).to_contain_text("The version is not loaded.")
    page.get_by_role("button", name="Load").press("Enter")
    page.locator("#confirmation-yes").press("Enter")
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    closed(page)


def key(browser):
    """A server that wants a key: it is asked for, sent, and kept nowhere."""
    page = opened(browser, "#/iris/2")

    def guard(route):
        if route.request.headers.get("authorization") == "Bearer s3cret":
            route.continue_()
        else:
            route.fulfill(status=401, json={"error": "the key is missing"})

    page.route("**/v2/**", guard)
    expect(page.locator("#notice")).to_have_text("The server wants another key: the key is missing")
    page.get_by_label("Key").fill("s3cret")
    page.get_by_label("Key").press("Enter")
    expect(page.locator("#notice")).to_be_hidden()
    send(page)
    command = page.locator("#answer pre").last.inner_text()
    assert "s3cret" not in command and "$KEY" in command, command
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0 and "s3cret" not in page.url
    page.problems[:] = [text for text in page.problems if "status of 401" not in text]
    closed(page)


def motion(browser):
    page = opened(browser, reduced_motion="reduce")
    moving = page.evaluate("""[...document.querySelectorAll("*")].filter((one) =>
        getComputedStyle(one).transitionDuration !== "0s" || getComputedStyle(one).animationName !== "none").length""")
    assert moving == 0, moving
    closed(page)


with sync_playwright() as playwright:
    chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    for check in [looks, markup, types, files, keyboard, key, motion]:
        check(chromium)
        print("ok", check.__name__)
    chromium.close()
