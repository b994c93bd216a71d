package org.ptuning4j.server.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebDriver;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A headless Chromium, with the checks of accessibility of axe-core. */
final class Browser implements AutoCloseable {

  private static final List<String> BROWSERS =
      List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");
  private static final List<String> DRIVERS =
      List.of("/usr/bin/chromedriver", "/usr/lib/chromium/chromedriver");
  private static final String AXE = "/axe.min.js";
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  private static Optional<Path> first(List<String> places) {
    return places.stream().map(Path::of).filter(Files::isExecutable).findFirst();
  }

  /** Whether there is a browser here. */
  static boolean isInstalled() {
    return first(BROWSERS).isPresent() && first(DRIVERS).isPresent();
  }

  /** Starts it. */
  static Browser start(boolean dark) {
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(first(BROWSERS).orElseThrow().toFile());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--window-size=1100,1500");
    if (dark) {
      options.addArguments("--blink-settings=preferredColorScheme=0");
    }
    options.setCapability("goog:loggingPrefs", logs);
    File driver = first(DRIVERS).orElseThrow().toFile();
    return new Browser(
        new ChromeDriver(
            new ChromeDriverService.Builder()
                .usingDriverExecutable(driver)
                .usingAnyFreePort()
                .build(),
            options));
  }

  void open(String address) {
    driver.get(address);
  }

  WebDriver driver() {
    return driver;
  }

  WebElement find(String css) {
    return driver.findElement(By.cssSelector(css));
  }

  List<WebElement> all(String css) {
    return driver.findElements(By.cssSelector(css));
  }

  /** Waits until an element shows a text. */
  void await(String css, String text) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end && !texts(css).contains(text)) {
      Thread.sleep(50);
    }
    assertThat(texts(css)).contains(text);
  }

  String texts(String css) {
    return String.join("\n", all(css).stream().map(WebElement::getText).toList());
  }

  Object run(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  /** What axe-core finds wrong with the page as it is now. */
  List<String> violations() throws IOException {
    try (InputStream in = Browser.class.getResourceAsStream(AXE)) {
      driver.executeScript(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
    Object found =
        driver.executeAsyncScript(
            "const done = arguments[arguments.length - 1];axe.run(document, {resultTypes:"
                + " ['violations']}).then(r => done(r.violations.map(v => v.id + ': ' +"
                + " v.nodes.map(n => n.html).join(' '))),e => done(['axe failed: ' + e]));");
    return ((List<?>) found).stream().map(Object::toString).toList();
  }

  /** What the browser complained of since the last call, such as breaches of the page's policy. */
  List<String> complaints() {
    return Stream.of(driver.manage().logs().get(LogType.BROWSER))
        .flatMap(entries -> entries.getAll().stream())
        .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
        .map(LogEntry::getMessage)
        .toList();
  }

  /** Keeps a picture where {@code -Dscreenshots=DIR} says so. */
  void picture(String name) throws IOException {
    String folder = System.getProperty("screenshots");
    if (folder != null) {
      Map<?, ?> size = (Map<?, ?>) run("return {h: document.documentElement.scrollHeight}");
      assertThat(size.containsKey("h")).isTrue();
      Files.write(Path.of(folder, name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
    }
  }

  @Override
  public void close() {
    driver.quit();
  }
}
