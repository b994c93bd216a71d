package org.ptuning4j.cli.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ptuning4j.InvalidInputException;

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
