package org.ptuning4j.cli.arguments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.cli.Run;
import org.ptuning4j.cli.command.TrainCommand;
import org.ptuning4j.cli.predict.PredictCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** What is typed, before it is parsed. */
class ArgumentsTest {

  @Command(name = "ptune", mixinStandardHelpOptions = true)
  private static final class Ptune {}

  private static List<String> checked(String... typed) {
    CommandLine ptune =
        new CommandLine(new Ptune())
            .addSubcommand("train", new TrainCommand(null, List.of()))
            .addSubcommand("predict", new PredictCommand(null));
    return Arguments.checked(List.of(typed), ptune);
  }

  private static List<String> problems(String... typed) {
    try {
      checked(typed);
    } catch (UsageException e) {
      return e.problems();
    }
    throw new AssertionError("nothing is wrong with " + List.of(typed));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-5 degrees in Tarn",
        "-5",
        "-- so it goes",
        "-> next",
        "-\u00fcber",
        "--great film, really",
        "-_-"
      })
  void aTextThatCanBeNoOptionIsAText(String text) {
    assertThat(checked("predict", "--model", "m", text, "--pack=p"))
        .containsExactly("predict", "--model", "m", "--pack=p", "--", text);
    assertThat(checked("predict", "first", text)).containsExactly("predict", "--", "first", text);
  }

  @Test
  void othersStayAsTheyAre() {
    for (String text : List.of("@@ada sings", "@notes", "a - b", "-", "=--model")) {
      List<String> typed = List.of("predict", "--model", "m", text);
      assertThat(checked(typed.toArray(String[]::new))).isEqualTo(typed);
    }
    assertThat(checked("predict", "--", "--model", "-x"))
        .containsExactly("predict", "--", "--model", "-x");
    assertThat(checked("train", "--template", "--odd", "--text=-x"))
        .containsExactly("train", "--template", "--odd", "--text=-x");
  }

  @Test
  void allUnknownOptionsAreNamedEachWithItsGuess() {
    assertThat(problems("train", "--epoch", "3", "--max_lenght=4", "-lr", "1"))
        .containsExactly(
            "there is no option --epoch; did you mean --epochs?",
            "there is no option --max_lenght; did you mean --max-length?",
            "there is no option -lr; did you mean --lr?");
    assertThat(problems("predict", "--epochs", "3").get(0))
        .contains("no option --epochs; it is one of `ptune train`");
    assertThat(problems("predict", "-great").get(0)).contains("`-- \"-great\"`");
  }

  @ParameterizedTest
  @CsvSource({"trian, train", "predcit, predict", "Train, train"})
  void anUnknownCommandIsGuessed(String typed, String meant) {
    assertThat(problems(typed))
        .containsExactly("there is no command '" + typed + "'; did you mean " + meant + "?");
  }

  @Test
  void unknownOptionsComeBeforeMissingOnes() {
    Run run = Run.of("train", "--epoch", "3", "--modle", "x");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .contains("did you mean --epochs?", "did you mean --model?", "ptune train --help")
        .doesNotContain("issing");
  }

  @Test
  void helpIsFoundHoweverItIsAskedFor() {
    String help = Run.of("train", "--help").out();
    assertThat(help).contains("Usage: ptune train");
    assertThat(Run.of("help", "train").out()).isEqualTo(help);
    assertThat(Run.of("train", "help").out()).isEqualTo(help);
    assertThat(Run.of("help")).isEqualTo(Run.of("--help"));
    assertThat(Run.of("help").code()).isZero();
    assertThat(Run.of("predict", "help").out()).contains("Usage: ptune predict");
    Run unknown = Run.of("help", "evaluate");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).contains("no command 'evaluate'", "did you mean eval?");
    Run alone = Run.of();
    assertThat(alone.code()).isEqualTo(2);
    assertThat(alone.out()).isEmpty();
    assertThat(alone.err()).contains("Usage: ptune", "check-data");
  }

  @Test
  void bytesOfTheSystemAreReadAsTheyWereTyped() {
    byte[] line =
        "java\0-cp\0x\0Main\0predict\0T\u00e5rn \uD83E\uDD80\0\0".getBytes(StandardCharsets.UTF_8);
    List<byte[]> parts = ProcessArguments.split(line);
    assertThat(parts).hasSize(7);
    assertThat(ProcessArguments.decode(parts, List.of("predict", "T??rn ????", "")))
        .containsExactly("predict", "T\u00e5rn \uD83E\uDD80", "");
    assertThat(ProcessArguments.decode(List.of(new byte[] {'j'}, new byte[] {-1}), List.of("?")))
        .containsExactly("?");
    assertThat(ProcessArguments.decode(parts.subList(0, 1), List.of("a", "b")))
        .containsExactly("a", "b");
    assertThatThrownBy(() -> checked("--debug", "train"))
        .hasMessageContaining("before the command");
  }
}
