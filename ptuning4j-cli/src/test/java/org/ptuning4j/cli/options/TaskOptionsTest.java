package org.ptuning4j.cli.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.hub.Models;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.method.ManualPrompt;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.method.PromptMethods;
import org.ptuning4j.task.Task;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** A task as the options say it: as it is, or as a cloze. */
class TaskOptionsTest {

  private static final PromptMethod DEEP = PTuningV2.asPublished(4);
  private static final String NO_LABELS =
      " asks for words in the place of a mask, and task 'wnut17' (entities) has no labels or"
          + " candidates that words could stand for";

  @Command(name = "options")
  private static final class Options {
    @Mixin TaskOptions task;
  }

  private static final ModelFolder BERT_MINI = ModelFolder.open(Models.resolve("bert-mini"));

  private static Task<?> chosen(String head, PromptMethod method, String... arguments) {
    Options options = new Options();
    new CommandLine(options).parseArgs(arguments);
    return options.task.choose("mine", head, method, BERT_MINI);
  }

  /** YAML once read these words as booleans. */
  @Test
  void yesAndNoAreLabels(@TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("asks.yaml"), "text: t\nlabel_column: l\nlabels: [no, yes, on]\n");
    assertThat(TaskFile.read(file).labelled().orElseThrow().labels())
        .containsExactly("no", "yes", "on");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``|: it is empty",
        "`# nothing\n`|: it is empty",
        "`- text\n`|: it holds a list, must have fields",
        "`text`|: it holds a value, must have fields",
        "`text: t\n\tlabel_column: l\n`|` line 2: not valid YAML (found character '\\t(TAB)'`",
        "`text: {t\n`|` line 2: not valid YAML (expected ',' or '}'`",
        "`text: t\ntext: u\n`|` line 2: not valid YAML (Duplicate field 'text'`",
      })
  void whatIsNoDescriptionIsSaid(String text, String fault, @TempDir Path folder)
      throws IOException {
    Path file = Files.writeString(folder.resolve("own.yaml"), text);
    assertThatThrownBy(() -> TaskFile.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(file + fault);
  }

  @Test
  void aTaskWithoutLabelsIsNoClozeAndTheErrorNamesWhatAskedForOne() {
    assertThatThrownBy(() -> chosen(null, new ManualPrompt(), "--task", "wnut17"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("method: manual" + NO_LABELS);
    assertThatThrownBy(() -> chosen("verbalizer", DEEP, "--task", "wnut17"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("head: verbalizer" + NO_LABELS);
    assertThatThrownBy(
            () -> chosen(null, DEEP, "--task", "wnut17", "--template", "{text_a} {mask}"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("template: it" + NO_LABELS);
  }

  @Test
  void labelsWithTheSameWordsAreNamed() {
    assertThatThrownBy(
            () ->
                chosen(
                    null,
                    new ManualPrompt(),
                    "--task",
                    "rte",
                    "--template",
                    "{premise} {mask} {hypothesis}",
                    "--words",
                    "entailment=yes,not_entailment=yes"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "task 'rte': labels 'entailment' and 'not_entailment' have the same words (yes) and"
                + " could not be told apart");
  }

  @Test
  void aTaskWithLabelsIsAClozeWhereOneIsAskedFor() {
    PromptMethod better = PromptMethods.installed().create("p-tuning", Map.of());
    assertThat(chosen(null, better, "--task", "rte").hasTemplate()).isTrue();
    assertThat(chosen("auto", better, "--task", "rte").hasTemplate()).isTrue();
    assertThat(chosen("mean", better, "--task", "rte").hasTemplate()).isFalse();
    assertThat(chosen(null, DEEP, "--task", "rte").hasTemplate()).isFalse();
    assertThat(chosen("verbalizer", DEEP, "--task", "rte").hasTemplate()).isTrue();
    assertThat(chosen(null, new ManualPrompt(), "--task", "rte").hasTemplate()).isTrue();
  }

  @Test
  void tagsAreChosenAsAsked() {
    assertThat(chosen(null, DEEP, "--task", "wnut17"))
        .isEqualTo(chosen(null, DEEP, "--task", "wnut17", "--decoding", "viterbi"));
    assertThat(chosen(null, DEEP, "--task", "wnut17", "--decoding", "argmax").definition())
        .containsEntry("decoding", "argmax");
    assertThatThrownBy(() -> chosen(null, DEEP, "--task", "wnut17", "--decoding", "beam"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("decoding: 'beam' is not one of argmax, viterbi");
    assertThatThrownBy(() -> chosen(null, DEEP, "--task", "rte", "--decoding", "argmax"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(
            "decoding: task 'rte' (sequence-classification) gives words no tags");
  }
}
