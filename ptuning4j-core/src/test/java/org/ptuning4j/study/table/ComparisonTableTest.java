package org.ptuning4j.study.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.ptuning4j.study.cell.SampleCells.cell;
import static org.ptuning4j.study.cell.SampleCells.failed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.study.cell.Cell;

class ComparisonTableTest {

  private static final Map<String, PublishedMethod> COLUMNS =
      Map.of("full-fine-tuning", PublishedMethod.FT, "p-tuning-v2", PublishedMethod.PT_2);

  private static final List<Cell> ONE_TASK =
      List.of(
          cell("full-fine-tuning", "rte", 1, 0.704),
          cell("p-tuning-v2", "rte", 1, 0.78),
          cell("p-tuning-v2", "rte", 2, 0.79),
          failed("p-tuning-v2", "rte", 3, "out of\nmemory"),
          failed("prompt-tuning", "rte", 1, "no | such"));

  private static final List<Cell> TWO_TASKS =
      List.of(
          cell("full-fine-tuning", "rte", 1, 0.704),
          cell("full-fine-tuning", "cb", 1, 0.946),
          cell("p-tuning-v2", "rte", 1, 0.783),
          cell("p-tuning-v2", "cb", 1, 0.9461),
          cell("head-only", "rte", 1, 0.6));

  private static ComparisonTable published(List<Cell> cells) {
    return ComparisonTable.of(cells).beside(PublishedResults.load(), "bert-large", COLUMNS);
  }

  @Test
  void oneTaskShowsWhatItCost() {
    assertThat(published(ONE_TASK).text())
        .isEqualTo(
            """
            method                        rte accuracy   published  trained parameters      share   seconds   peak memory
            ────────────────  ─────────────────────────  ─────────  ───────────────────  ─────────  ────────  ────────────
            full-fine-tuning                  70.4 (1)        70.4         335,141,888   100.00 %      61.0*      4.0 GiB
            p-tuning-v2       78.5 ± 0.7 (2), 1 failed*       78.3             983,040*    0.29 %*     61.5       1.5 GiB*
            prompt-tuning            failed: no | such           —                   —          —         —             —

            * best of its column: highest metric, lowest cost
            percent, mean ± standard deviation (number of seeds)
            published: bert-large in P-Tuning v2, arXiv 2110.07602
            full-fine-tuning: backbone trained
            p-tuning-v2: backbone frozen
            prompt-tuning: no run was finished
            failed: p-tuning-v2 on rte, seed 3: out of memory
            failed: prompt-tuning on rte, seed 1: no | such
            """);
  }

  @Test
  void moreTasksStandSideBySide() {
    assertThat(published(TWO_TASKS).text())
        .startsWith(
            """
            method               rte accuracy       cb accuracy
            ────────────────  ────────────────  ────────────────
            full-fine-tuning  70.4 (1) [70.4]   94.6 (1) [94.6]*
            p-tuning-v2       78.3 (1) [78.3]*  94.6 (1) [94.6]*
            head-only                60.0 (1)                 —

            * best of its column
            percent, mean ± standard deviation (number of seeds)
            […] published: bert-large in P-Tuning v2, arXiv 2110.07602
            full-fine-tuning: backbone trained
            p-tuning-v2: backbone frozen
            head-only: backbone frozen

            method            rte accuracy   published  trained parameters\
            """)
        .contains("\n\nmethod            cb accuracy ");
  }

  @Test
  void withoutPublishedNumbersThereIsNoColumn() {
    assertThat(ComparisonTable.of(ONE_TASK).text()).doesNotContain("published");
    assertThat(ComparisonTable.of(TWO_TASKS).text()).doesNotContain("[");
  }

  @Test
  void markdown() {
    assertThat(published(ONE_TASK).markdown())
        .isEqualTo(
            """
            | method | rte accuracy | published | trained parameters | share | seconds | peak memory |
            | --- | ---: | ---: | ---: | ---: | ---: | ---: |
            | full-fine-tuning | 70.4 (1) | 70.4 | 335,141,888 | 100.00 % | **61.0** | 4.0 GiB |
            | p-tuning-v2 | **78.5 ± 0.7 (2), 1 failed** | 78.3 | **983,040** | **0.29 %** | 61.5 | **1.5 GiB** |
            | prompt-tuning | failed: no \\| such | — | — | — | — | — |

            - bold: best of its column: highest metric, lowest cost
            - percent, mean ± standard deviation (number of seeds)
            - published: bert-large in P-Tuning v2, arXiv 2110.07602
            - full-fine-tuning: backbone trained
            - p-tuning-v2: backbone frozen
            - prompt-tuning: no run was finished
            - failed: p-tuning-v2 on rte, seed 3: out of memory
            - failed: prompt-tuning on rte, seed 1: no \\| such
            """);
  }

  @Test
  void csv() {
    assertThat(
            published(
                    List.of(
                        cell("p-tuning-v2", "rte", 1, 0.75),
                        cell("p-tuning-v2", "rte", 2, 0.25),
                        failed("a, \"b\"", "rte", 1, "x\ny")))
                .csv())
        .isEqualTo(
            "row,method,task,metric,seeds,mean,sd,published,trainable_parameters,"
                + "total_parameters,trainable_share,seconds,peak_memory_bytes,frozen_backbone,"
                + "failed,causes\r\n"
                + "p-tuning-v2,p-tuning-v2,rte,accuracy,2,0.5,0.3535533905932738,78.3,983040,"
                + "335141888,0.002933205412986156,61.54,1610612736,true,0,\r\n"
                + "\"a, \"\"b\"\"\",\"a, \"\"b\"\"\",rte,accuracy,0,,,,,,,,,,1,\"x\ny\"\r\n");
  }

  @Test
  void json() throws IOException {
    JsonNode table = new ObjectMapper().readTree(published(ONE_TASK).json());
    assertThat(table.at("/tasks/0").asText()).isEqualTo("rte");
    assertThat(table.at("/published_model").asText()).isEqualTo("bert-large");
    JsonNode cell = table.at("/rows/1/cells/0");
    assertThat(table.at("/rows/1/method").asText()).isEqualTo("p-tuning-v2");
    assertThat(cell.at("/mean").asDouble()).isEqualTo(0.785);
    assertThat(cell.at("/seeds/2").asDouble()).isEqualTo(0.79);
    assertThat(cell.at("/published_percent").asDouble()).isEqualTo(78.3);
    assertThat(cell.at("/failed/3").asText()).isEqualTo("out of\nmemory");
    assertThat(cell.at("/frozen_backbone").asBoolean()).isTrue();
    assertThat(table.at("/rows/0/cells/0/frozen_backbone").asBoolean(true)).isFalse();
    assertThat(table.at("/rows/2/cells/0/mean").isNull()).isTrue();
  }

  @Test
  void settingsThatVaryOnOneTaskMakeRows() {
    ComparisonTable table =
        ComparisonTable.of(
            List.of(
                cell("v2", "rte", 1, 0.5, Map.of("length", "8", "lr", "1")),
                cell("v2", "rte", 1, 0.6, Map.of("length", "20", "lr", "1")),
                cell("v2", "cb", 1, 0.7, Map.of("length", "8", "lr", "2"))));
    assertThat(table.entries())
        .extracting(ComparisonEntry::label)
        .containsExactly("v2 (length=8)", "v2 (length=20)", "v2 (length=8)");
  }

  @Test
  void settingsThatVaryOnlyFromTaskToTaskDoNot() {
    ComparisonTable table =
        ComparisonTable.of(
            List.of(
                cell("v2", "rte", 1, 0.5, Map.of("length", "20")),
                cell("v2", "cb", 1, 0.7, Map.of("length", "8"))));
    assertThat(table.entries()).extracting(ComparisonEntry::label).containsExactly("v2", "v2");
  }

  @Test
  void aModelsRowIsCalledByItsNameWithoutItsOrigin() {
    String minilm = "maven:some.group:all-minilm:1.0 (sha256 bf9521866c12)";
    List<Cell> cells =
        List.of(
            cell("v2", "rte", 1, 0.5).onModel("bert-mini"),
            cell("v2", "rte", 1, 0.6).onModel(minilm));
    assertThat(ComparisonTable.of(cells).entries())
        .extracting(ComparisonEntry::label, ComparisonEntry::model)
        .containsExactly(
            tuple("v2 (model=bert-mini)", "bert-mini"), tuple("v2 (model=all-minilm:1.0)", minilm));
    List<Cell> alike =
        List.of(
            cell("v2", "rte", 1, 0.5).onModel("maven:other:all-minilm:1.0"),
            cell("v2", "rte", 1, 0.6).onModel(minilm));
    assertThat(ComparisonTable.of(alike).entries())
        .extracting(ComparisonEntry::label)
        .containsExactly("v2 (model=maven:other:all-minilm:1.0)", "v2 (model=" + minilm + ")");
  }

  private static final List<Cell> TWO_MODELS =
      List.of(
          cell("p-tuning-v2", "rte", 1, 0.6).onModel("my-gpt2"),
          cell("p-tuning-v2", "rte", 1, 0.7).onModel("my-bert"),
          failed("head-only", "rte", 1, "no pooler").onModel("my-gpt2"),
          cell("head-only", "rte", 1, 0.5).onModel("my-bert"));

  @Test
  void modelsMakeRowsWithTheNumbersOfTheirOwn() throws IOException {
    ComparisonTable table =
        ComparisonTable.of(TWO_MODELS)
            .beside(PublishedResults.load(), Map.of("my-bert", "bert-large"), COLUMNS);
    assertThat(table.entries())
        .extracting(
            ComparisonEntry::label, ComparisonEntry::model, entry -> entry.published().orElse(0.0))
        .containsExactly(
            tuple("p-tuning-v2 (model=my-gpt2)", "my-gpt2", 0.0),
            tuple("p-tuning-v2 (model=my-bert)", "my-bert", 78.3),
            tuple("head-only (model=my-gpt2)", "my-gpt2", 0.0),
            tuple("head-only (model=my-bert)", "my-bert", 0.0));
    assertThat(table.text())
        .contains("published: bert-large in P-Tuning v2")
        .contains("failed: head-only (model=my-gpt2) on rte, seed 1: no pooler");
    assertThat(table.csv().lines())
        .anySatisfy(line -> assertThat(line).startsWith("row,model,method,task,"))
        .anySatisfy(
            line -> assertThat(line).startsWith("head-only (model=my-gpt2),my-gpt2,head-only,rte"));
    JsonNode rows = new ObjectMapper().readTree(table.json()).path("rows");
    assertThat(rows.at("/1/model").asText()).isEqualTo("my-bert");
  }

  @Test
  void theNameOfTheOnlyModelIsNotSaid() {
    List<Cell> named = ONE_TASK.stream().map(cell -> cell.onModel("my-bert")).toList();
    ComparisonTable table =
        ComparisonTable.of(named)
            .beside(PublishedResults.load(), Map.of("my-bert", "bert-large"), COLUMNS);
    assertThat(table.text()).isEqualTo(published(ONE_TASK).text());
    assertThat(table.csv()).isEqualTo(published(ONE_TASK).csv());
    assertThat(table.json()).isEqualTo(published(ONE_TASK).json());
  }

  @Test
  void wideAndCombiningCharactersStayAligned() {
    List<String> lines =
        ComparisonTable.of(
                List.of(cell("方法\u0007", "t", 1, 0.5), cell("e\u0301té-de", "t", 1, 0.25)))
            .text()
            .lines()
            .toList();
    // 方法 takes four places with two characters, é two characters in one place.
    assertThat(lines.get(2)).startsWith("方法      50.0 (1)*");
    assertThat(lines.get(3)).startsWith("e\u0301té-de    25.0 (1) ");
  }

  @Test
  void whatLooksTheSameIsEquallyGood() {
    String text =
        ComparisonTable.of(List.of(cell("a", "t", 1, 0.70001), cell("b", "t", 1, 0.7))).text();
    assertThat(text).contains("\na         70.0 (1)*", "\nb         70.0 (1)*");
  }

  @Test
  void cellsThatDoNotFitTogetherAreRefused() {
    assertThatThrownBy(() -> ComparisonTable.of(List.of()))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(
            () -> ComparisonTable.of(List.of(cell("a", "t", 1, 0.5), cell("a", "t", 1, 0.6))))
        .hasMessageContaining("seed 1");
    Cell.Finished c = cell("b", "t", 1, 0.5);
    Cell other =
        new Cell.Finished(
            "b", "t", 2, Map.of(), "f1", 0.5, Map.of(), 1, 2, 1, 0, true, List.of(), "");
    assertThatThrownBy(() -> ComparisonTable.of(List.of(c, other)))
        .hasMessageContaining("accuracy")
        .hasMessageContaining("f1");
  }

  @Test
  void unmeasuredMemoryIsMissingAndSomeFrozenIsSaid() {
    Cell a =
        new Cell.Finished(
            "m", "t", 1, Map.of(), "f1", 0.5, Map.of(), 1, 100_000, 1, 0, true, List.of(), "");
    Cell b =
        new Cell.Finished(
            "m", "t", 2, Map.of(), "f1", 0.5, Map.of(), 1, 100_000, 1, 0, false, List.of(), "");
    assertThat(ComparisonTable.of(List.of(a, b)).text())
        .contains("50.0 ± 0.0 (2)", "—", "< 0.01 %", "m: backbone frozen in 1 of 2 runs");
  }
}
