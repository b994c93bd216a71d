package org.ptuning4j.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.TextExample;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.task.choice.ChoiceTask;
import org.ptuning4j.task.choice.MultiRcTask;
import org.ptuning4j.task.choice.PreparedChoice;
import org.ptuning4j.task.choice.PreparedMultiRc;
import org.ptuning4j.task.standard.Tasks;
import org.ptuning4j.task.template.Template;

/** What holds of a task unless it says otherwise. */
class TaskDefaultsTest {

  private static final PlainTask PLAIN = new PlainTask();
  private static final PlainTask.Prepared ASKED = new PlainTask.Prepared(PLAIN);
  private static final Path FILE = Path.of("some.txt");

  @Test
  void aPlainTaskIsNoCloze() {
    assertThat(PLAIN.hasTemplate()).isFalse();
    assertThat(PLAIN.softTokens()).isZero();
    assertThat(PLAIN.labelled()).isEmpty();
    assertThatThrownBy(PLAIN::calibrated)
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "task 'sizes': calibration is for a cloze with fixed words; this is a task of kind"
                + " plain");
  }

  /** Without content no example repeats another one, and none lacks its answer. */
  @Test
  void nothingIsCountedOfItsExamples() {
    assertThat(PLAIN.content(PLAIN.example()))
        .isEqualTo(new ExampleContent(List.of(), List.of(), true, List.of()));
    assertThat(PLAIN.answersInTexts()).isEmpty();
    assertThat(PLAIN.labelName("0")).isEqualTo("0");
  }

  @Test
  void itsFilesAreReadWhateverTheirPathIsGivenAs() {
    assertThat(PLAIN.read(FILE).examples()).containsExactly(PLAIN.example());
    assertThat(PLAIN.readUnlabelled(FILE).file()).isEqualTo(FILE);
    assertThat(ASKED.read(FILE).badRows()).extracting(BadRow::cause).containsExactly("odd");
  }

  @Test
  void itsTextsMayBeInOtherColumns() throws UnusableRowException {
    Row row = new Row(3, Map.of("a", "one", "b", "two"));
    Example read = PLAIN.readRow(row, Map.of("text", Template.of("{b} or {a}")));
    assertThat(read).isEqualTo(new TextExample(3, "two or one", null, null));
    assertThat(PLAIN.ofTexts(4, List.of("three")))
        .isEqualTo(new TextExample(4, "three", null, null));
  }

  @Test
  void noServerAsksForIt() {
    List<Example> examples = List.of(PLAIN.example());
    assertThat(PLAIN.submissionFile()).isEmpty();
    for (Runnable sent :
        List.<Runnable>of(
            () -> PLAIN.requireSubmittable(examples),
            () -> PLAIN.submission(examples, List.of()))) {
      assertThatThrownBy(sent::run)
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith("task 'sizes' has no server format");
    }
  }

  /** AX-b is answered by a model of RTE; what has no labels is answered by its own packs only. */
  @Test
  void onlyTasksOnLabelsArePutToAnothersModel() {
    Task<?> rte = Tasks.standard().get("rte");
    assertThatThrownBy(() -> rte.putAlike(PLAIN))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "task 'sizes' (plain) is no task on labels, so only its own packs can answer it");
    assertThatThrownBy(() -> PLAIN.putAlike(rte))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "task 'sizes' (plain) is no task on labels, so its model cannot answer task 'rte'");
  }

  @Test
  void evaluationDataTellItNothing() {
    assertThat(ASKED.tunes()).isFalse();
    assertThat(ASKED.tune(List.of(PLAIN.example()), List.of(new PlainTask.Size(7))))
        .isSameAs(ASKED);
    assertThat(ASKED.contentFree(null)).isEmpty();
    assertThat(ASKED.definition()).isEqualTo(Map.of("kind", "plain"));
    assertThat(new PlainTask.Size(7).oneLabel()).isEmpty();
  }

  /** Choices have candidates of their own for each example, MultiRC two labels for all. */
  @Test
  void labelsAreThoseOfTheTask() {
    PreparedChoice copa = new PreparedChoice((ChoiceTask) Tasks.standard().get("copa"));
    PreparedMultiRc multiRc = new PreparedMultiRc((MultiRcTask) Tasks.standard().get("multirc"));
    assertThat(copa.labels()).isEmpty();
    assertThat(multiRc.labels()).containsExactly("0", "1");
    assertThat(copa.tune(List.of(), List.of())).isSameAs(copa);
    assertThat(copa.tunes()).isFalse();
  }

  @Test
  void aLabelWithItsProbabilitiesIsAnAnswerOfOneLabel() {
    LabelAnswer answer =
        LabelAnswer.of(List.of("a", "b", "c"), Map.of("b", "B"), new double[] {0.25, 0.5, 0.25});
    assertThat(((Answer) answer).oneLabel()).isEqualTo(Optional.of(answer));
    assertThat(answer.fields())
        .isEqualTo(
            Map.of(
                "label",
                "b",
                "name",
                "B",
                "probability",
                0.5,
                "probabilities",
                Map.of("a", 0.25, "b", 0.5, "c", 0.25)));
    assertThat(LabelAnswer.of(List.of("a", "b"), Map.of(), new double[] {0.5, 0.5}).label())
        .as("the first of two that are as likely")
        .isEqualTo("a");
  }
}
