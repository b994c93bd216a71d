package org.ptuning4j.data.question;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.data.Examples;

/** The nested tasks of SuperGLUE as its copies export them: a row an option, a row a query. */
class ExportedSuperGlueTest {

  @TempDir Path folder;

  private static String option(int question, int answer, String label) {
    return "{\"paragraph\":\"Mira packed a map.\",\"question\":\"Q"
        + question
        + "?\",\"answer\":\"A"
        + answer
        + "\",\"idx\":{\"paragraph\":3,\"question\":"
        + question
        + ",\"answer\":"
        + answer
        + "},\"label\":"
        + label
        + "}";
  }

  @Test
  void optionsOfMultiRcStandInRows() throws IOException {
    Examples<MultiRcExample> read =
        new MultiRcReader().read(write(option(7, 0, "1"), option(7, 1, "0"), option(8, 2, "true")));
    assertThat(read.usable(BadRowPolicy.REFUSE))
        .extracting(
            MultiRcExample::paragraph,
            MultiRcExample::question,
            MultiRcExample::answer,
            MultiRcExample::label)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(3, 7, 0, true),
            org.assertj.core.groups.Tuple.tuple(3, 7, 1, false),
            org.assertj.core.groups.Tuple.tuple(3, 8, 2, true));
  }

  @Test
  void withoutNumbersEqualParagraphsAndQuestionsAreTheSame() throws IOException {
    String row = "{\"paragraph\":\"P\",\"question\":\"%s\",\"answer\":\"%s\",\"label\":0}";
    Examples<MultiRcExample> read =
        new MultiRcReader()
            .read(write(row.formatted("Q", "a"), row.formatted("Q", "b"), row.formatted("R", "a")));
    assertThat(read.badRows()).isEmpty();
    assertThat(read.examples()).extracting(MultiRcExample::question).containsExactly(0, 0, 1);
    assertThat(read.examples()).extracting(MultiRcExample::answer).containsExactly(0, 1, 0);
  }

  @Test
  void aBadOptionTakesItsQuestionWithIt() throws IOException {
    Examples<MultiRcExample> read =
        new MultiRcReader().read(write(option(7, 0, "1"), option(7, 1, "5"), option(8, 0, "0")));
    assertThat(read.examples()).extracting(MultiRcExample::question).containsExactly(8);
    assertThat(read.badRows()).extracting(BadRow::line).containsExactly(1, 2);
  }

  @Test
  void hiddenAnswersAreTold() throws IOException {
    Path file = write(option(7, 0, "-1"));
    BadRow bad = new MultiRcReader().read(file).badRows().get(0);
    assertThat(bad.lack()).isEqualTo(BadRow.Lack.ANSWER);
    assertThat(bad.cause()).contains("-1, which hides the answer");
    assertThat(new MultiRcReader().readUnlabelled(file).examples()).hasSize(1);
  }

  @Test
  void queriesOfReCordStandInRows() throws IOException {
    String row =
        "{\"passage\":\"Jonas met Mia.\\n"
            + "@highlight\\n"
            + "They talked.\",\"query\":\"@placeholder"
            + " smiled\",\"entities\":[\"Mia\",\"Jonas\"],\"entity_spans\":{\"text\":[\"Mia\"],"
            + "\"start\":[10],\"end\":[13]},\"answers\":[\"Mia\"],\"idx\":{\"passage\":2,\"query\":5}}";
    Examples<ReCordExample> read = new ReCordReader().read(write(row));
    ReCordExample example = read.usable(BadRowPolicy.REFUSE).get(0);
    assertThat(example.passageIdx()).isEqualTo(2);
    assertThat(example.queryIdx()).isEqualTo(5);
    assertThat(example.text()).isEqualTo("Jonas met Mia.\n- They talked.");
    assertThat(example.entities()).containsExactly("Mia", "Jonas");
    assertThat(example.answers()).containsExactly("Mia");
  }

  /** Without numbers every row is a query of its own, wherever it is in the file. */
  @Test
  void queriesWithoutNumbersMayShareALine() throws IOException {
    String row =
        "{\"passage\":\"Jonas met Mia.\",\"query\":\"@placeholder %s\",\"entities\":[\"Mia\"],"
            + "\"answers\":[\"Mia\"]}";
    String one = row.formatted("smiled");
    String other = row.formatted("sang");
    for (String text : List.of("[" + one + "," + other + "]", one + other, one + "\n" + other)) {
      Examples<ReCordExample> read = new ReCordReader().read(write(text));
      assertThat(read.usable(BadRowPolicy.REFUSE)).hasSize(2);
      assertThat(read.examples())
          .extracting(example -> List.of(example.passageIdx(), example.queryIdx()))
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void aTestRowOfReCordHasNoAnswers() throws IOException {
    String row =
        "{\"passage\":\"Jonas met Mia.\",\"query\":\"@placeholder smiled\",\"entities\":[\"Mia\"],"
            + "\"answers\":[],\"idx\":{\"passage\":2,\"query\":5}}";
    Path file = write(row);
    assertThat(new ReCordReader().read(file).badRows().get(0).lack()).isEqualTo(BadRow.Lack.ANSWER);
    assertThat(new ReCordReader().readUnlabelled(file).examples()).hasSize(1);
    assertThat(
            new ReCordReader()
                .read(write(row.replace("[]", "[\"Tarn\"]")))
                .badRows()
                .get(0)
                .cause())
        .contains("'Tarn' is none of the passage's entities");
  }

  @Test
  void blankAnswerOfSquadMeansNone() throws IOException {
    String row = "{\"id\":\"%s\",\"question\":\"Q?\",\"context\":\"Tarn sleeps.\",\"answers\":%s}";
    Examples<QuestionExample> read =
        new SquadReader()
            .read(
                write(
                    row.formatted("a", "{\"text\":[\"\"],\"answer_start\":[-1]}"),
                    row.formatted("b", "[{\"text\":\" \",\"answer_start\":0}]"),
                    row.formatted("c", "{\"text\":[],\"answer_start\":[]}"),
                    row.formatted("d", "[{\"text\":\"Tarn\",\"answer_start\":0}]")));
    assertThat(read.usable(BadRowPolicy.REFUSE))
        .extracting(QuestionExample::impossible)
        .containsExactly(true, true, true, false);
  }

  private Path write(String... lines) throws IOException {
    return Files.writeString(folder.resolve("data.jsonl"), String.join("\n", lines) + "\n");
  }
}
