package org.ptuning4j.cli.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.head.TagHead;
import org.ptuning4j.hub.Models;
import org.ptuning4j.task.standard.Tasks;
import org.ptuning4j.train.config.TrainingConfig;
import picocli.CommandLine;

class BudgetTest {

  private static Budget with(String said) {
    return new Budget(List.of(), List.of(said), List.of("prompt-tuning", "head-only"));
  }

  @Test
  void blanksInQuotationMarksBelongToAValue() {
    Budget budget = with("prompt-tuning: --init=\"text:a warm film\" --lr 5e-3");
    assertThat(budget.shown())
        .containsEntry("with prompt-tuning", "--init=text:a warm film --lr 5e-3");
    assertThat(with("prompt-tuning: --init 'text:a \"warm\" film'").shown())
        .containsEntry("with prompt-tuning", "--init text:a \"warm\" film");
  }

  @CommandLine.Command(name = "")
  private static final class Options {
    @SuppressWarnings("UnusedVariable") // picocli reads it
    @CommandLine.Mixin
    RunOptions settings = new RunOptions();
  }

  private static TagHead tagHead(String method, String... arguments) {
    return config(method, "conll04", arguments).usedTagHead();
  }

  private static TrainingConfig config(String method, String task, String... arguments) {
    CommandLine.ParseResult parsed = new CommandLine(new Options()).parseArgs(arguments);
    Budget budget = new Budget(parsed.matchedOptions(), List.of(), List.of());
    ModelFolder model = ModelFolder.open(Models.resolve("bert-mini"));
    return budget.of(method, 11).config(Tasks.standard().get(task), model);
  }

  /** The paper's settings are P-Tuning v2's; what is put beside it tags words as the paper does. */
  @Test
  void besidePublishedSettingsEveryMethodTagsWordsAsPublished() {
    for (String method : List.of("full-fine-tuning", "prompt-tuning", "head-only")) {
      assertThat(tagHead(method, "--preset=paper")).isEqualTo(TagHead.SOFTMAX);
      assertThat(tagHead(method, "--preset=paper", "--tag-head=crf")).isEqualTo(TagHead.CRF);
    }
    assertThat(tagHead("head-only", "--epochs=2")).isEqualTo(TagHead.CRF);
    assertThat(tagHead("full-fine-tuning", "--epochs=2")).isEqualTo(TagHead.SOFTMAX);
  }

  /**
   * What some methods of a study have no use for is left out for them; what all of them is said.
   */
  @Test
  void whatNoMethodHasAUseForIsRefused() {
    CommandLine.ParseResult parsed =
        new CommandLine(new Options()).parseArgs("--gate", "--prompt-length=7", "--epochs=2");
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(
            () ->
                new Budget(
                    parsed.matchedOptions(), List.of(), List.of("head-only", "prompt-tuning")))
        .withMessage(
            "methods: no method of this study (head-only, prompt-tuning) has a use for --gate;"
                + " leave it out");
    new Budget(parsed.matchedOptions(), List.of(), List.of("head-only", "mpt-2"));
  }

  @Test
  void aTaskWithoutTagsHasNoHeadForThem() {
    assertThat(config("head-only", "sst2", "--preset=paper").tagHead()).isEmpty();
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> config("head-only", "sst2", "--tag-head=crf"))
        .withMessageContaining("tag-head: task 'sst2'")
        .withMessageContaining("gives words no tags");
    CommandLine.ParseResult parsed = new CommandLine(new Options()).parseArgs("--tag-head=softmax");
    RunOptions several =
        new Budget(parsed.matchedOptions(), List.of(), List.of()).of("head-only", 1);
    ModelFolder model = ModelFolder.open(Models.resolve("bert-mini"));
    assertThat(several.amongOthers(Tasks.standard().get("sst2"), model).tagHead())
        .as("for another task of the same run")
        .contains(TagHead.SOFTMAX);
  }

  @Test
  void whatMeansNothingIsSaid() {
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> with("prompt-tuning: --init \"text:a"))
        .withMessageContaining("quotation mark that is not closed");
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> with("p-tuning: --lr 1"))
        .withMessageContaining("prompt-tuning, head-only");
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> with("head-only: --seed 3").of("head-only", 11))
        .withMessageContaining("set by the study itself");
  }
}
