package org.ptuning4j.server.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.report.AnsweredRow;
import org.ptuning4j.report.ReportPage;
import org.ptuning4j.report.ReportedRun;
import org.ptuning4j.report.RunFindings;
import org.ptuning4j.report.RunFindings.Neighbour;
import org.ptuning4j.task.Scores;
import org.ptuning4j.train.run.TrainingResult;

/** Core's report in a real browser, which is here for the server's page. */
class ReportInBrowserTest {

  private static final String HOSTILE = "</td><script>document.title='broken'</script>";

  @TempDir Path folder;

  private static RunFindings run(String name, boolean deep) {
    TrainingResult result =
        new TrainingResult(
            "p-tuning-v2",
            "mood",
            100,
            1000,
            true,
            Map.of("accuracy", 0.5),
            List.of(),
            1,
            10,
            false,
            10,
            true,
            12.5,
            100,
            500_000_000L,
            "fp32",
            "",
            11,
            0.01,
            List.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            0,
            List.of());
    ReportedRun reported =
        new ReportedRun(
            name,
            Path.of("run"),
            result,
            List.of(
                new ReportedRun.Point(5, 0.7, 0.69, 0.4), new ReportedRun.Point(10, 0.6, 0.6, 0.5)),
            36_000);
    List<AnsweredRow> rows = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      boolean right = i % 3 > 0;
      rows.add(
          new AnsweredRow(
              "line " + i,
              List.of("text " + HOSTILE),
              "good",
              right ? "good" : "<b>bad</b>",
              0.5 + i / 30.0,
              right ? 1 : 0));
    }
    Map<Integer, double[]> attention = new TreeMap<>();
    attention.put(1, new double[] {0.05, 0.99});
    attention.put(2, new double[] {0.5, 0.2});
    return new RunFindings(
        reported,
        "accuracy",
        new Scores(
            Map.of("accuracy", 2 / 3.0),
            List.of(
                new Scores.Table(
                    "labels", List.of("label", "f1"), List.of(List.of("good", "0.5"))))),
        rows,
        places -> Arrays.stream(places).mapToDouble(i -> rows.get(i).score()).average().orElse(0),
        deep ? attention : Map.of(),
        deep ? List.of() : List.of(List.of(new Neighbour("<film>", 0.5))));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void thePageIsAccessibleAndRunsNothing(boolean dark) throws IOException {
    assumeTrue(Browser.isInstalled(), "no Chromium with its driver here");
    String html =
        new ReportPage(
                List.of(run("one " + HOSTILE, true), run("two", false)),
                Optional.of("dev.jsonl"),
                Map.of(
                    "one", Map.of("one", Optional.of(1.0), "two", Optional.empty()),
                    "two", Map.of("one", Optional.empty(), "two", Optional.of(1.0))),
                100,
                11)
            .html();
    Path file = Files.writeString(folder.resolve("report.html"), html, StandardCharsets.UTF_8);
    try (Browser browser = Browser.start(dark)) {
      browser.open(file.toUri().toString());
      browser.picture("report-" + (dark ? "dark" : "light"));
      assertThat(browser.driver().getTitle()).startsWith("Report: one </td><script>");
      assertThat(browser.all("script, img, b, iframe, link, object")).isEmpty();
      assertThat(browser.all("svg").size()).isGreaterThan(4);
      assertThat(browser.texts("h2")).contains("Results and cost", "Differences");
      assertThat(browser.complaints()).isEmpty();
      assertThat(browser.violations()).isEmpty();
    }
  }
}
