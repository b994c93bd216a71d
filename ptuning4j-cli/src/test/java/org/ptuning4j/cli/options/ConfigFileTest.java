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
        yaml.append(name)
            .append(": ")
            .append(option.arity().min() == 0 ? "true" : "1")
            .append('\n');
        options++;
      }
    }
    assertThat(options).isGreaterThan(30);
    assertThat(expand(yaml.toString())).hasSize(options);
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
        .hasMessageContaining("line 1: epochs is 'many'; a whole number");
    assertThatThrownBy(() -> expand("lr: fast\n")).hasMessageContaining("a number is expected");
    assertThatThrownBy(() -> expand("resume: perhaps\n")).hasMessageContaining("true or false");
    assertThatThrownBy(() -> expand("epochs: [1, 2]\n")).hasMessageContaining("a list");
    assertThatThrownBy(() -> expand("epochs: 1\nepochs: 2\n"))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> expand("- epochs\n")).hasMessageContaining("epochs: 20");
    assertThatThrownBy(() -> expand("help: true\n")).hasMessageContaining("no option 'help'");
  }

  @Test
  void aMissingFileIsNamed() {
    Run run = Run.of("train", "--config=" + folder.resolve("none.yaml"));
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("none.yaml");
  }
}
