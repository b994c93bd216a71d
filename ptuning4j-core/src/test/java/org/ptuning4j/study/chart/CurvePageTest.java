package org.ptuning4j.study.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ptuning4j.study.cell.SampleCells.cell;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.study.cell.Cell;

class CurvePageTest {

  private static final String NASTY = "</script><img src=http://x onerror=alert(1)> & \"q\" '<!--";

  private static final Pattern DATA =
      Pattern.compile(
          "<script type=\"application/json\" id=\"data\">(.*?)</script>", Pattern.DOTALL);

  private static final List<Cell.Finished> CELLS =
      List.of(
          cell("v2", "rte", 1, 0.70, Map.of("length", "8")),
          cell("v2", "rte", 2, 0.74, Map.of("length", "8")),
          cell("v2", "rte", 1, 0.78, Map.of("length", "20")));

  private static CurvePage page(String title) {
    return new CurvePage(
        title,
        Map.of("libtorch", title),
        Map.of("lr", "5e-3"),
        List.of(
            StudyCharts.length(CELLS),
            StudyCharts.learningCurves(CELLS.subList(0, 2)),
            StudyCharts.values(
                List.of(
                    cell(title, "rte", 1, 0.7, Map.of("head", "linear " + title)),
                    cell(title, "cb", 1, 0.9, Map.of("head", "verbalizer"))),
                "head")));
  }

  private static String embedded(String html) {
    Matcher data = DATA.matcher(html);
    assertThat(data.find()).isTrue();
    return data.group(1);
  }

  @Test
  void theDataComesBackFromThePage() throws IOException {
    ObjectMapper json = new ObjectMapper();
    for (String title : List.of("Length on RTE", NASTY, "数据 \u2028 \\u003c")) {
      CurvePage page = page(title);
      JsonNode data = json.readTree(embedded(page.html()));
      assertThat(data).isEqualTo(json.readTree(page.dataJson()));
      assertThat(data.at("/title").asText()).isEqualTo(title);
      assertThat(data.at("/charts/0/series/0/points/0/seeds/2").asDouble()).isEqualTo(0.74);
      assertThat(data.at("/charts/0/series/0/points/0/mean").asDouble()).isEqualTo(0.72);
      assertThat(data.at("/charts/2/series/0/name").asText()).isEqualTo("linear " + title);
    }
  }

  /** What a browser sees of the page: everything but what is within scripts, styles, comments. */
  private static String markup(String html) {
    return html.replaceAll("(?s)<!--.*?-->", "")
        .replaceAll("(?s)(<script[^>]*>).*?</script>", "$1</script>")
        .replaceAll("(?s)<style>.*?</style>", "<style></style>");
  }

  @Test
  void nothingIsLoaded() {
    String html = page("Study").html();
    assertThat(markup(html))
        .doesNotContainPattern("(?i)\\b(src|srcset|href|action|poster|data)\\s*=")
        .doesNotContainPattern("(?i)<(link|iframe|object|embed|base|img)\\b")
        .doesNotContain("http:", "https:");
    assertThat(html)
        .contains("default-src 'none'")
        .doesNotContain("sourceMappingURL", "@import", "url(")
        .doesNotContainPattern("(?i)\\b(src|href)\\s*=\\s*[\"']?(https?:)?//");
  }

  @Test
  void textCannotBecomeMarkup() {
    String html = page(NASTY).html();
    assertThat(html).doesNotContain("<img").doesNotContain(NASTY);
    assertThat(html.split("(?i)</script", -1)).hasSize(4);
    assertThat(html.split("(?i)<script", -1)).hasSize(4);
    assertThat(markup(html))
        .contains(
            "<h1>&lt;/script&gt;&lt;img src=http://x onerror=alert(1)&gt; &amp; &quot;q&quot;"
                + " &#39;&lt;!--</h1>");
    assertThat(embedded(html)).doesNotContain("<", ">", "&");
  }

  @Test
  void everyChartHasATableWithItsNumbers() {
    String html = page("Study").html();
    assertThat(html)
        .contains("<canvas id=\"chart-0\" role=\"img\"", "aria-describedby=\"table-0\"")
        .contains(
            "<tr><th scope=\"row\">v2</th><td>8</td><td>72.0 ± 2.8</td><td>2</td>"
                + "<td>1: 70.0, 2: 74.0</td></tr>")
        .contains(
            "<tr><th scope=\"row\">v2</th><td>20</td><td>78.0</td><td>1</td>"
                + "<td>1: 78.0</td></tr>")
        .contains("<dt>lr</dt><dd>5e-3</dd>", "<dt>libtorch</dt><dd>Study</dd>");
    assertThat(html.split("<canvas ", -1)).hasSize(4);
    assertThat(html.split("<caption>", -1)).hasSize(4);
  }

  @Test
  void theLibraryIsInsideWithItsLicence() {
    String html = page("Study").html();
    ChartLibrary library = ChartLibrary.load();
    assertThat(library.version()).startsWith("4.");
    assertThat(html)
        .contains("Contains Chart.js " + library.version(), "The MIT License", "WITHOUT WARRANTY")
        .contains(library.script())
        .contains("prefers-color-scheme: dark");
    assertThat(library.script()).hasSizeBetween(100_000, 1_100_000);
    assertThat(html.getBytes(StandardCharsets.UTF_8).length).isLessThan(1_100_000);
  }

  @Test
  void thePageIsWrittenWhole(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("study.html");
    page("Study").write(file);
    assertThat(Files.readString(file, StandardCharsets.UTF_8)).isEqualTo(page("Study").html());
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }
}
