package org.ptuning4j.server.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.ptuning4j.server.HttpClientForTests.Reply;
import org.ptuning4j.server.TestServer;

/** The page in a real browser; without one, what the server sends. */
class PageTest {

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.withPacks();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String address() {
    return "http://127.0.0.1:" + server.server().port() + "/";
  }

  private static Browser browser(boolean dark) {
    assumeTrue(
        Browser.isInstalled(),
        "no Chromium with its driver here (Debian: chromium, chromium-driver); the page is not"
            + " tested in a browser");
    return Browser.start(dark);
  }

  @Test
  void filesComeWithAStrictPolicyAndNothingIsLoadedFromElsewhere() {
    for (String path :
        List.of("/", "/docs", "/page/main.js", "/page/style.css", "/page/answers.js")) {
      Reply reply = server.client().get(path);
      assertThat(reply.status()).as(path).isEqualTo(200);
      assertThat(reply.header("Content-Security-Policy").orElseThrow())
          .contains("default-src 'none'")
          .doesNotContain("unsafe")
          .doesNotContain("http");
      assertThat(reply.header("X-Content-Type-Options")).isEqualTo(Optional.of("nosniff"));
      assertThat(reply.body()).doesNotContain("http:").doesNotContain("https:");
    }
    assertThat(server.client().get("/page/nothing.js").status()).isEqualTo(404);
    assertThat(server.client().get("/page/..%2findex.html").status()).isIn(400, 404);
    assertThat(server.client().get("/page/package-info.class").status()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void tasksAreAskedAndAnswersShownWithoutAViolation(boolean dark) throws Exception {
    try (Browser page = browser(dark)) {
      page.open(address());
      page.await("#served", "3 tasks");
      assertThat(page.violations()).isEmpty();
      assertThat((Boolean) page.run("return matchMedia('(prefers-color-scheme: dark)').matches"))
          .isEqualTo(dark);
      for (WebElement task : page.all("#tasks input")) {
        if (!task.isSelected()) {
          task.click();
        }
      }
      page.all("#inputs textarea").get(0).sendKeys("The film was great.");
      page.all("#inputs textarea").get(1).sendKeys("She liked the film.");
      page.find("#submit").click();
      page.await("#time", "3 answers");
      page.await("#results", "good");
      assertThat(page.all("#results meter")).hasSize(6);
      assertThat(page.texts("#packs")).contains("p-tuning-v2").contains("accuracy");
      assertThat(page.violations()).isEmpty();
      page.find("#compare").click();
      page.find("#submit").click();
      page.await("#time", "3 answers");
      assertThat(page.violations()).isEmpty();
      page.picture(dark ? "page-dark" : "page-light");
      assertThat(page.complaints()).isEmpty();
    }
  }

  @Test
  void theKeyboardIsEnough() throws Exception {
    try (Browser page = browser(false)) {
      page.open(address());
      page.await("#served", "3 tasks");
      page.find("#filter").sendKeys("revi");
      WebElement reviews = page.find("#tasks input[value=reviews]");
      assertThat(page.find("#tasks input[value=again]").isDisplayed()).isFalse();
      page.find("#none").sendKeys(Keys.ENTER);
      reviews.sendKeys(Keys.SPACE);
      assertThat(reviews.isSelected()).isTrue();
      page.find("#inputs textarea").sendKeys("The film was great." + Keys.TAB + Keys.ENTER);
      page.await("#time", "1 answer");
      assertThat(page.driver().switchTo().activeElement().getAttribute("id")).isEqualTo("answers");
    }
  }

  @Test
  void theAddressesAreShown() throws Exception {
    try (Browser page = browser(true)) {
      page.open(address() + "docs");
      page.await("#addresses", "POST /v1/predict");
      assertThat(page.violations()).isEmpty();
      assertThat(page.complaints()).isEmpty();
      page.picture("docs-dark");
    }
  }

  @Test
  void namesAndTextsThatAreMarkupAreShownAsTheyAre() throws Exception {
    try (Browser page = browser(false)) {
      page.open(address());
      page.await("#served", "3 tasks");
      String shown =
          (String)
              page.run(
                  "return import('/page/answers.js').then(async (answers) => {"
                      + "const markup = '<img src=x onerror=alert(1)>';"
                      + "const parts = ["
                      + "...answers.show({labels: [{label: 'a', name: markup}]},"
                      + " {label: 'a', probabilities: {a: 1}}, {}),"
                      + "...answers.show({}, {words: [markup, 'b'], entities: ["
                      + "{type: '</mark><script>x</script>', first_word: 0, last_word: 0,"
                      + " probability: 1}]}, {})].filter(p => p);"
                      + "const box = document.createElement('div'); box.append(...parts);"
                      + "document.body.append(box);"
                      + "return box.querySelectorAll('img, script').length + box.textContent; })");
      assertThat(shown).startsWith("0").contains("<img src=x").contains("<script>");
    }
  }
}
