package org.ptuning4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.InvalidInputException;

/** A comparison takes minutes, so what it cannot do is said before it begins. */
class CompareArgumentsTest {

  @TempDir private static Path folder;

  private static String file;

  @BeforeAll
  static void makeFile() throws IOException {
    file = Files.writeString(folder.resolve("train.tsv"), "sentence\tlabel\n").toString();
  }

  /** Every option that the page on benchmarks and compare.sh name. */
  @Test
  void allOptionsAreTaken() {
    String[] args = {
      "--peer", folder.toString(),
      "--rounds", "3",
      "--work", "anywhere",
      "--only", "step,epoch,predict",
      "--precisions", "fp32,bf16",
      "--families", "bert,deberta,deberta-v2",
      "--layers", "12",
      "--model", folder.toString(),
      "--train", file,
      "--dev", file,
      "--rows", "4000",
      "--ptune", "./ptune predict --model m --pack p text",
    };
    assertThat(CompareArguments.parse(args))
        .hasSize(args.length / 2)
        .contains(
            entry("--peer", folder.toString()),
            entry("--families", "bert,deberta,deberta-v2"),
            entry("--layers", "12"),
            entry("--ptune", "./ptune predict --model m --pack p text"));
    assertThat(CompareArguments.parse()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--rounds 0 | --rounds: '0' must be a whole number from 1 on",
        "--rounds -1 | --rounds: '-1' must be a whole number from 1 on",
        "--rows 1e3 | --rows: '1e3' must be a whole number from 1 on",
        "--rows 1234567890 | --rows: '1234567890' must be a whole number from 1 on",
        "--dropout 1 | --dropout: '1' must be from 0 to below 1, such as 0.1",
        "--dropout 0.1x | --dropout: '0.1x' must be from 0 to below 1, such as 0.1",
        "--layers x | --layers: 'x' must be a whole number from 1 on",
        "--only epochs | --only: 'epochs' is not one of step, epoch, predict",
        "--only step, | --only: '' is not one of step, epoch, predict",
        "--precisions fp32,fp16 | --precisions: 'fp16' is not one of bf16, fp32",
        "--families roberta | --families: 'roberta' is not one of bert, deberta, deberta-v2",
        "--families bert,BERT | --families: 'BERT' is not one of bert, deberta, deberta-v2",
        "--peer nowhere | --peer: there is no folder nowhere",
        "--model nowhere | --model: there is no folder nowhere",
        "--train nowhere | --train: there is no file nowhere",
        "--dev nowhere | --dev: there is no file nowhere",
        "--rounds | --rounds needs a value",
        "--rounds 3 --only | --only needs a value",
        "--only epoch | --only epoch needs --train as well",
        "--only step,predict | --only predict needs --ptune as well",
      })
  void wrongValuesAreNamed(String args, String message) {
    assertThatThrownBy(() -> CompareArguments.parse(args.split(" ", -1)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(message);
  }

  @Test
  void unknownOptionsAreNamedWithThoseThatThereAre() {
    assertThatThrownBy(() -> CompareArguments.parse("--round", "3"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("unknown option --round; known are --peer, --rounds, --work,");
  }

  static Stream<List<String>> epochsThatLackSomething() {
    return Stream.of(
        List.of("--train", file),
        List.of("--train", file, "--dev", file),
        List.of("--train", file, "--model", folder.toString()));
  }

  @ParameterizedTest
  @MethodSource("epochsThatLackSomething")
  void anEpochNeedsItsModelAndItsDevFile(List<String> args) {
    assertThatThrownBy(() -> CompareArguments.parse(args.toArray(String[]::new)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("--train needs --model and --dev as well");
  }

  /** A folder is no file, and a file no folder. */
  @Test
  void pathsAreOfTheirKind() {
    assertThatThrownBy(() -> CompareArguments.parse("--model", file))
        .hasMessage("--model: there is no folder %s", file);
    assertThatThrownBy(() -> CompareArguments.parse("--train", folder.toString()))
        .hasMessage("--train: there is no file %s", folder);
  }
}
