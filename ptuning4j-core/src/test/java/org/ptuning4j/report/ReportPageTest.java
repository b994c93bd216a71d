package org.ptuning4j.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.TinyModel;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.method.PromptMethods;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.text.SequenceClassificationTask;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.Training;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.run.TrainingListener;

/** Whole pages of runs on a tiny model. */
class ReportPageTest {

  private static final String HOSTILE =
      "</table></main><script>alert(1)</script><img src=x onerror=alert(2)> \" ' & \u202e";

  @TempDir Path folder;

  private Path data(String label) throws IOException {
    StringBuilder lines = new StringBuilder();
    com.fasterxml.jackson.databind.ObjectMapper json =
        new com.fasterxml.jackson.databind.ObjectMapper();
    for (int i = 0; i < 24; i++) {
      lines
          .append(
              json.writeValueAsString(
                  Map.of(
                      "text",
                      "the film was good " + HOSTILE + " " + i,
                      "label",
                      i % 3 == 0 ? label : "plain")))
          .append('\n');
    }
    return Files.writeString(folder.resolve("rows.jsonl"), lines, StandardCharsets.UTF_8);
  }

  private Path run(String name, PromptMethod method, Path data) {
    SequenceClassificationTask task =
        SequenceClassificationTask.onPair("own", Template.of("text"), null, "label");
    TrainingConfig config =
        TrainingConfig.builder().method(method).epochs(1).precision(Precision.FP32).build();
    Path out = folder.resolve(name);
    new Training(TinyModel.bert(), task, config)
        .run(TrainingData.of(data, data), out, TrainingListener.silent());
    return out;
  }

  private ReportPage page(Map<String, Path> runs, Path data) {
    Map<String, PromptInsight.Insight> insights = new LinkedHashMap<>();
    Map<String, Map<String, Optional<Double>>> similarities;
    Map<String, Path> packs = new LinkedHashMap<>();
    runs.forEach((name, run) -> packs.put(name, run.resolve("pack")));
    try (PromptInsight insight = PromptInsight.open(TinyModel.bert(), Precision.FP32)) {
      packs.forEach(
          (name, pack) -> insights.put(name, insight.of(pack, Optional.of(InputFile.of(data)))));
      similarities = insight.similarities(packs);
    }
    try (Predictor predictor = Predictor.open(TinyModel.bert(), Precision.FP32)) {
      Findings findings = new Findings(predictor);
      return new ReportPage(
          runs.entrySet().stream()
              .map(
                  run ->
                      findings.of(
                          run.getKey(),
                          run.getValue(),
                          InputFile.of(data),
                          BadRowPolicy.REFUSE,
                          insights.get(run.getKey())))
              .toList(),
          Optional.of("rows.jsonl"),
          similarities,
          200,
          11);
    }
  }

  @Test
  void nothingOfTheDataIsMarkup() throws IOException {
    Path data = data("<b onclick='x'>bad</b>");
    Map<String, Path> runs = new LinkedHashMap<>();
    runs.put("<i>deep</i>", run("deep", PTuningV2.ofLength(3), data));
    runs.put(
        "soft",
        run(
            "soft",
            PromptMethods.standard().create("prompt-tuning", Map.of("prompt-length", "2")),
            data));
    ReportPage page = page(runs, data);
    String html = page.html();
    assertThat(html)
        .contains("&lt;script&gt;alert(1)", "&lt;b onclick=&#39;x&#39;&gt;bad&lt;/b&gt;")
        .doesNotContain("<script", "<img", "<b onclick", "<i>deep", "\u202e");
    // No address is loaded, and the policy would allow none.
    assertThat(html)
        .contains("default-src 'none'")
        .doesNotContain("http:", "https:", "url(", "@import")
        .doesNotContainPattern("<[^>]*(src|href)=");
    for (String heading :
        List.of(
            "Results and cost",
            "Differences",
            "Learning curves",
            "Confusion matrix",
            "Calibration",
            "Length",
            "The prompt in the layers",
            "Nearest words of soft tokens",
            "Worst errors",
            "How alike the prompts are")) {
      assertThat(html).contains(">" + heading + "</h");
    }
    RunFindings deep = page.findings().get(0);
    assertThat(deep.rows()).hasSize(24);
    double right = deep.rows().stream().mapToDouble(AnsweredRow::score).average().orElseThrow();
    assertThat(deep.scores().metrics().get("accuracy")).isCloseTo(right, within(1e-12));
    assertThat(page.similarities().get("soft").get("soft").orElseThrow())
        .isCloseTo(1, within(1e-6));
    assertThat(page.similarities().get("soft").get("<i>deep</i>")).isEmpty();
    assertThat(page.findings().get(1).nearest()).hasSize(2);
  }

  /** A bias on the scores of virtual tokens decides how much they get. */
  @ParameterizedTest
  @CsvSource({"-60, 0", "60, 1"})
  void attentionOnThePromptIsMeasured(String gate, double expected) throws IOException {
    Path data = data("other");
    PromptMethod gated =
        PromptMethods.standard().create("p-tuning-v2", Map.of("prompt-length", "3", "gate", gate));
    Path run = run("gated", gated, data);
    try (PromptInsight insight = PromptInsight.open(TinyModel.bert(), Precision.FP32)) {
      Map<Integer, double[]> attention =
          insight.of(run.resolve("pack"), Optional.of(InputFile.of(data))).attention();
      assertThat(attention).isNotEmpty();
      attention
          .values()
          .forEach(
              heads -> {
                for (double head : heads) {
                  assertThat(head).isCloseTo(expected, within(1e-6));
                }
              });
    }
  }
}
