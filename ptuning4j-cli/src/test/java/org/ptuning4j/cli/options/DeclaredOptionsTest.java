package org.ptuning4j.cli.options;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.cli.Run;
import org.ptuning4j.cli.command.TrainCommand;
import org.ptuning4j.prompt.MethodDeclaration;
import org.ptuning4j.prompt.method.PromptMethods;
import org.ptuning4j.settings.Setting;
import org.ptuning4j.train.config.TrainingSettings;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Every declaration is an option, and its range is kept on the command line and in files. */
class DeclaredOptionsTest {

  /** What is no value of one setting or another. */
  private static final List<String> CANDIDATES =
      List.of("-1", "0", "1", "2", "5", "1.5", "-0.5", "1e9", "-1e9", "zigzag", "text:");

  @TempDir static Path folder;
  private static Path reviews;

  @BeforeAll
  static void writeData() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 4; i++) {
      lines
          .append("{\"text\": \"It was number ")
          .append(i)
          .append("\", \"label\": \"")
          .append(i % 2 == 0 ? "good" : "bad")
          .append("\"}\n");
    }
    reviews = Files.writeString(folder.resolve("reviews.jsonl"), lines, StandardCharsets.UTF_8);
  }

  /** Each declared setting with the method it is tried with. */
  static Stream<Arguments> settings() {
    Stream<Arguments> ofMethods =
        PromptMethods.installed().all().stream()
            .flatMap(
                method ->
                    method.settings().stream()
                        .map(setting -> Arguments.of(method.name(), setting.name(), setting)));
    Stream<Arguments> ofRuns =
        Stream.concat(TrainingSettings.all().stream(), Stream.of(DeclaredOptions.PRESET))
            .map(setting -> Arguments.of("p-tuning-v2", setting.name(), setting));
    return Stream.concat(ofMethods, ofRuns);
  }

  /** A text that can be read and is out of range, else one that cannot be read. */
  private static Optional<String> wrong(Setting<?> setting) {
    Stream<String> refused = CANDIDATES.stream().filter(text -> refuses(setting, text));
    return setting.values().range().isEmpty()
        ? refused.findFirst()
        : refused.filter(text -> isReadable(setting, text)).findFirst();
  }

  /** Whether a text is a value, in its range or not; reading it may say that it is not. */
  private static boolean isReadable(Setting<?> setting, String text) {
    try {
      return setting.values().parse(text).isPresent();
    } catch (InvalidInputException e) {
      return true;
    }
  }

  private static boolean refuses(Setting<?> setting, String text) {
    try {
      setting.read(text);
      return false;
    } catch (InvalidInputException e) {
      return true;
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("settings")
  void aValueOutOfRangeIsRefusedByName(String method, String name, Setting<?> setting)
      throws IOException {
    boolean free = List.of("init-words", "start-from").contains(name);
    if (free || setting.values().isFlag()) {
      // Any text is a folder or a word, and a switch has no value: there is nothing to refuse.
      assertThat(setting.values().range()).isEmpty();
      return;
    }
    String value = wrong(setting).orElseThrow();
    List<String> typed = train(method);
    typed.add("--" + name + "=" + value);
    Run run = Run.of(typed.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(run.err()).contains("--" + name + ": ").contains(value);
    assertThat(folder.resolve("never")).doesNotExist();

    Path yaml =
        Files.writeString(folder.resolve("run.yaml"), "\n" + name + ": \"" + value + "\"\n");
    List<String> filed = train(method);
    filed.addAll(List.of("--config", yaml.toString()));
    Run fromFile = Run.of(filed.toArray(String[]::new));
    assertThat(fromFile.code()).as(fromFile.err()).isEqualTo(2);
    assertThat(fromFile.err()).contains("run.yaml line 2: " + name + ": ").contains(value);
  }

  private static List<String> train(String method) {
    List<String> typed =
        new ArrayList<>(
            List.of(
                "train",
                "--model",
                "bert-mini",
                "--text",
                "text",
                "--label",
                "label",
                "--train",
                reviews.toString(),
                "--dev",
                reviews.toString(),
                "--out",
                folder.resolve("never").toString(),
                "--method",
                method));
    if (PromptMethods.installed().create(method, Map.of()).needsTemplate()) {
      typed.addAll(List.of("--template", "{text} It was {mask}.", "--words", "good=good,bad=bad"));
    }
    return typed;
  }

  @Test
  void optionsAndDeclarationsAreTheSame() {
    CommandLine train = new CommandLine(new TrainCommand(null, List.of()));
    List<String> declared = new ArrayList<>(List.of("--method", "--preset"));
    TrainingSettings.all().forEach(setting -> declared.add("--" + setting.name()));
    for (MethodDeclaration method : PromptMethods.installed().all()) {
      method.settingNames().forEach(name -> declared.add("--" + name));
    }
    List<String> made =
        DeclaredOptions.installed().all().stream().map(DeclaredOption::option).toList();
    assertThat(made).containsExactlyInAnyOrderElementsOf(declared.stream().distinct().toList());
    for (String option : made) {
      OptionSpec spec = train.getCommandSpec().findOption(option);
      assertThat(spec).as(option).isNotNull();
      assertThat(String.join(" ", spec.description())).as(option).isNotBlank();
    }
  }

  @Test
  void helpSaysRangeDefaultAndMethods() {
    DeclaredOptions all = DeclaredOptions.installed();
    assertThat(all.find("--epochs").orElseThrow().help())
        .isEqualTo(
            "Passes over the training data. Values: 1 or more. Default: as many as make 1,000"
                + " steps, at least 3 and at most 30; 10 where the model itself is trained.");
    assertThat(all.find("--prompt-dropout").orElseThrow().help())
        .isEqualTo(
            "Dropout on a deep prompt. Values: in [0, 1). Default: 0. Methods: p-tuning-v2,"
                + " prefix-tuning.");
    assertThat(all.find("--positions").orElseThrow().help())
        .endsWith(
            "Values: shifted, unshifted. Default: unshifted; shifted for prefix-tuning. Methods:"
                + " p-tuning-v2, prefix-tuning.");
    assertThat(all.find("--prompt-length").orElseThrow().help())
        .contains("Values: 1 or more; 0 or more for p-tuning-v2.")
        .contains("Methods: p-tuning-v2, prefix-tuning, prompt-tuning");
    assertThat(all.find("--init").orElseThrow().help())
        .contains("p-tuning-v2, prefix-tuning: How a deep prompt starts")
        .contains("prompt-tuning, soft-prompts: How soft tokens start");
    assertThat(all.find("--adam-epsilon").orElseThrow().help())
        .contains("Values: more than 0. Default: 1e-8.");
  }
}
