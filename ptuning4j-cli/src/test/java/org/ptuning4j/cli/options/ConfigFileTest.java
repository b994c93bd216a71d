package org.ptuning4j.cli.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.cli.Run;
import org.ptuning4j.cli.command.TrainCommand;
import org.ptuning4j.cli.terminal.Console;
import picocli.CommandLine;

class ConfigFileTest {

  @TempDir Path folder;

  private List<String> expand(String yaml, String... more) throws IOException {
    Path file = Files.writeString(folder.resolve("run.yaml"), yaml, StandardCharsets.UTF_8);
    List<String> args = new ArrayList<>(List.of("train", "--config", file.toString()));
    args.addAll(List.of(more));
    Console console =
        new Console(
            new ByteArrayInputStream(new byte[0]),
            OutputStream.nullOutputStream(),
            new java.io.PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
            false);
    List<String> expanded =
        ConfigFile.expand(args, new CommandLine(new TrainCommand(console, args)));
    return expanded.subList(1, expanded.size() - args.size() + 1);
  }

  @Test
  void everyKindOfValueBecomesItsOption() throws IOException {
    assertThat(expand("model: bert-mini\nlr: 5e-3\nepochs: 4\nprompt_length: 8\ndropout:\n"))
        .containsExactly("--model=bert-mini", "--lr=5e-3", "--epochs=4", "--prompt-length=8");
    assertThat(expand("resume: true\nskip-bad-rows: false\nprojection: true\n"))
        .containsExactly("--resume", "--projection");
    assertThat(expand("projection: 64\n")).containsExactly("--projection=64");
    assertThat(expand("")).isEmpty();
  }

  @Test
  void everyOptionOfTrainIsKnown() throws IOException {
    CommandLine train = new CommandLine(new TrainCommand(null, List.of()));
    StringBuilder yaml = new StringBuilder();
    int options = 0;
    for (CommandLine.Model.OptionSpec option : train.getCommandSpec().options()) {
      String name = option.longestName().substring(2);
      if (!List.of("help", "debug", "config").contains(name)) {
        yaml.append(name).append(": ").append(value(option)).append('\n');
        options++;
      }
    }
    assertThat(options).isGreaterThan(30);
    assertThat(expand(yaml.toString())).hasSize(options);
  }

  private static String value(CommandLine.Model.OptionSpec option) {
    if (option.arity().min() == 0) {
      return "true";
    }
    Iterable<String> choices = option.completionCandidates();
    boolean listed = choices != null && choices.iterator().hasNext();
    if (String.join(" ", option.description()).contains("in [0, 1)")) {
      return "0.5";
    }
    return switch (option.longestName()) {
      case "--max-length" -> "64";
      case "--init" -> "normal";
      case "--cache" -> "disk";
      default -> listed ? choices.iterator().next() : "1";
    };
  }

  @Test
  void theCommandLineWins() throws IOException {
    assertThat(expand("epochs: 4\nbatch: 16\n", "--epochs", "9", "--tokens=100")).isEmpty();
    assertThat(expand("text: a\nlabel: b\npair: c\n", "--task", "rte")).isEmpty();
    assertThat(expand("prompt-length: 4\nepochs: 2\n", "--method", "head-only"))
        .containsExactly("--epochs=2");
    assertThat(expand("prompt-length: 4\n", "--method", "p-tuning-v2"))
        .containsExactly("--prompt-length=4");
  }

  @Test
  void anItemOfAListMayHaveACommaInIt() throws IOException {
    assertThat(expand("labels: [\"yes, always\", no, 'the \"third\"']\n"))
        .containsExactly(
            "--labels=\"yes, always\"", "--labels=no", "--labels=\"the \"\"third\"\"\"");
    assertThat(expand("labels: a,b\n")).containsExactly("--labels=a,b");
    assertThat(expand("words: [\"a,b=yes|sure\", c=no]\n"))
        .containsExactly("--words=\"a,b=yes|sure\"", "--words=c=no");
  }

  @Test
  void errorsNameTheLineAndTheKey() {
    assertThatThrownBy(() -> expand("model: x\nepoch: 4\n"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("run.yaml line 2")
        .hasMessageContaining("did you mean 'epochs'");
    assertThatThrownBy(() -> expand("epochs: many\n"))
        .hasMessageContaining("line 1: epochs: 'many' is not a whole number");
    assertThatThrownBy(() -> expand("lr: fast\n"))
        .hasMessageContaining("line 1: lr: 'fast' is not a number");
    assertThatThrownBy(() -> expand("resume: perhaps\n")).hasMessageContaining("true or false");
    assertThatThrownBy(() -> expand("epochs: [1, 2]\n")).hasMessageContaining("a list");
    assertThatThrownBy(() -> expand("epochs: 1\nepochs: 2\n"))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> expand("- epochs\n")).hasMessageContaining("epochs: 20");
    assertThatThrownBy(() -> expand("help: true\n")).hasMessageContaining("no option 'help'");
  }

  @Test
  void aMethodHasItsSettingsWithin() throws IOException {
    String yaml =
        """
        epochs: 2
        method:
          name: p-tuning
          length: 3
          encoder_layers: 1
          joint: true
        lr: 1e-3
        """;
    assertThat(expand(yaml))
        .containsExactly(
            "--epochs=2",
            "--method=p-tuning",
            "--prompt-length=3",
            "--encoder-layers=1",
            "--joint",
            "--lr=1e-3");
    assertThat(expand("method: {name: prefix-tuning, hidden: 64, prompt-length: 5}\n"))
        .containsExactly("--method=prefix-tuning", "--encoder-hidden=64", "--prompt-length=5");
    assertThat(expand("method: prefix-tuning\nprompt-length: 5\n"))
        .containsExactly("--method=prefix-tuning", "--prompt-length=5");
  }

  /** The command line's method and settings win over those within. */
  @Test
  void theCommandLineWinsOverWhatIsWithinMethod() throws IOException {
    String yaml = "method: {name: p-tuning, length: 3, encoder: mlp}\nepochs: 2\n";
    assertThat(expand(yaml, "--prompt-length", "9"))
        .containsExactly("--method=p-tuning", "--encoder=mlp", "--epochs=2");
    assertThat(expand(yaml, "--method", "p-tuning-v2"))
        .containsExactly("--prompt-length=3", "--epochs=2");
  }

  @Test
  void errorsWithinMethodNameTheLine() {
    assertThatThrownBy(() -> expand("method:\n  name: p-tuning\n  lenght: 3\n"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("run.yaml line 3: method p-tuning has no setting 'lenght'")
        .hasMessageContaining("did you mean 'length'");
    assertThatThrownBy(() -> expand("method:\n  name: p-tuning\n  layers: all\n"))
        .hasMessageContaining("line 3: method p-tuning has no setting 'layers'");
    assertThatThrownBy(() -> expand("method:\n  name: p-tuning\n  epochs: 3\n"))
        .hasMessageContaining("line 3: 'epochs' is a setting of the run, not of method p-tuning");
    assertThatThrownBy(() -> expand("method:\n  name: p-tuning\n  length: 0\n"))
        .hasMessageContaining("line 3: prompt-length: 0 must be 1 or more");
    assertThatThrownBy(() -> expand("method:\n  length: 3\n"))
        .hasMessageContaining("line 1: method.name is missing")
        .hasMessageContaining("p-tuning-v2");
    assertThatThrownBy(() -> expand("\nmethod: {name: p-tunin}\n"))
        .hasMessageContaining("line 2: method: there is no 'p-tunin'")
        .hasMessageContaining("did you mean 'p-tuning'");
    assertThatThrownBy(() -> expand("length: 3\n"))
        .hasMessageContaining("line 1: there is no option 'length'")
        .hasMessageContaining("did you mean 'prompt-length'");
  }

  @Test
  void aSettingInTwoPlacesIsRefusedAndBothAreNamed() {
    assertThatThrownBy(() -> expand("method:\n  name: p-tuning\n  length: 3\nprompt-length: 4\n"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("'method.length' (line 3) and 'prompt-length' (line 4)");
    assertThatThrownBy(() -> expand("method:\n  name: p-tuning\n  length: 3\n  prompt_length: 4\n"))
        .hasMessageContaining("'method.length' (line 3) and 'method.prompt_length' (line 4)");
    assertThatThrownBy(() -> expand("prompt-length: 3\nprompt_length: 4\n"))
        .hasMessageContaining("'prompt-length' (line 1) and 'prompt_length' (line 2)");
  }

  @Test
  void listsAreListsEvenWithCommasInThem() throws IOException {
    List<String> made = expand("labels:\n  - good, even great\n  - bad\n  - \"5\\\" disk\"\n");
    assertThat(made).hasSize(3).startsWith("--labels=\"good, even great\"", "--labels=bad");
    TrainCommand train = new TrainCommand(null, List.of());
    CommandLine line = new CommandLine(train);
    List<String> all = new ArrayList<>(made);
    all.addAll(List.of("--model=m", "--train=t", "--dev=d", "--out=o"));
    line.parseArgs(all.toArray(String[]::new));
    assertThat(line.getCommandSpec().findOption("--labels").<List<String>>getValue())
        .containsExactly("good, even great", "bad", "5\" disk");
    assertThat(expand("labels: a,b\n")).containsExactly("--labels=a,b");
  }

  @Test
  void aMissingFileIsNamed() {
    Run run = Run.of("train", "--config=" + folder.resolve("none.yaml"));
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("none.yaml");
  }
}
