package org.ptuning4j.study.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;

class PublishedResultsTest {

  private static final String HEADER = "source,table,model,task,metric,method,value\n";

  private final PublishedResults results = PublishedResults.load();

  @ParameterizedTest
  @CsvSource({
    "bert-large, boolq, accuracy, FT, 77.7",
    "bert-large, rte, accuracy, PT-2, 78.3",
    "bert-large, record, f1, PT, 44.2",
    "bert-large, conll05-brown, f1, MPT-2, 83.1",
    "bert-large, squad1, em, PT, 1.0",
    "bert-large, squad1, f1, PT, 8.5",
    "bert-large, squad2, em, FT, 78.7",
    "roberta-large, cb, accuracy, PT-2, 100",
    "roberta-large, multirc, f1, FT, 85.7",
    "roberta-large, conll12, f1, PT, 67.2",
    "roberta-large, conll05-wsj, f1, MPT-2, 90.0",
    "roberta-large, conll04, f1, MPT-2, 90.6",
    "roberta-large, squad2, em, PT-2, 82.1",
    "glm-2b, wsc, accuracy, FT, 95.2",
    "glm-2b, wic, accuracy, PT-2, 72.0",
    "deberta-xlarge, squad1, em, MPT-2, 89.6",
    "deberta-xlarge, ontonotes, f1, PT, 85.1",
    "roberta-large, sst2, accuracy, PT-2 linear head, 96.3",
    "roberta-large, cb, accuracy, PT-2 verbalizer, 94.6"
  })
  void numbersAreThoseOfThePapers(
      String model, String task, String metric, String method, double value) {
    assertThat(results.find(model, task, metric, PublishedMethod.of(method).orElseThrow()))
        .contains(value);
  }

  @Test
  void everyNumberIsThere() {
    assertThat(results.entries().stream().filter(e -> e.table() == 2)).hasSize(3 * 8 * 3);
    assertThat(results.entries().stream().filter(e -> e.table() == 3)).hasSize(2 * 9 * 4 + 4 * 4);
    assertThat(results.entries().stream().filter(e -> e.table() == 4)).hasSize(4 * 2);
    assertThat(results.entries()).allMatch(e -> e.source().equals("arXiv 2110.07602"));
  }

  @Test
  void caseAndOtherMetricNamesDoNotMatter() {
    assertThat(results.find("BERT-large", "RTE", "acc", PublishedMethod.FT)).contains(70.4);
    assertThat(results.find("bert-large", "conll03", "span_f1", PublishedMethod.FT)).contains(92.8);
    assertThat(results.entry("bert-large", "rte", "accuracy", PublishedMethod.FT).orElseThrow())
        .extracting(PublishedResults.Entry::table)
        .isEqualTo(2);
  }

  @Test
  void whatWasNotPublishedIsEmpty() {
    assertThat(results.find("bert-base", "rte", "accuracy", PublishedMethod.FT)).isEmpty();
    assertThat(results.find("bert-large", "rte", "macro_f1", PublishedMethod.FT)).isEmpty();
    assertThat(results.find("bert-large", "rte", "accuracy", PublishedMethod.MPT_2)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a,2,m,t,f1,FT",
        "a,2,m,t,f1,XX,1",
        "a,2,m,t,f1,FT,101",
        "a,two,m,t,f1,FT,1",
        "a,2,m,t,f1,FT,1\na,2,m,t,f1,FT,2"
      })
  void damagedLinesAreNamed(String lines) {
    assertThatThrownBy(() -> PublishedResults.parse("x.csv", HEADER + lines))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("x.csv:" + (lines.lines().count() + 1));
  }

  @Test
  void anotherHeaderIsAnError() {
    assertThatThrownBy(() -> PublishedResults.parse("x.csv", "a,b\n"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("first line");
  }
}
