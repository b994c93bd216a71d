package org.ptuning4j.cli.options;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.ptuning4j.settings.Setting;

/**
 * The tables of settings in docs/commands.md are those of the declarations. To write them anew, run
 * this test with {@code -Dptune.docs=write}.
 */
class SettingsTableTest {

  private static final String BEGIN = "<!-- settings: made from the declarations -->\n";
  private static final String END = "<!-- end of settings -->";

  @Test
  void theDocumentationHasEveryDeclaration() throws IOException {
    Path page = Path.of("").toAbsolutePath().resolveSibling("docs/commands.md");
    String text = Files.readString(page, StandardCharsets.UTF_8);
    int begin = text.indexOf(BEGIN) + BEGIN.length();
    int end = text.indexOf(END);
    assertThat(text).contains(BEGIN, END);
    if ("write".equals(System.getProperty("ptune.docs"))) {
      Files.writeString(page, text.substring(0, begin) + tables() + text.substring(end));
      return;
    }
    assertThat(text.substring(begin, end)).isEqualTo(tables());
  }

  private static String tables() {
    List<DeclaredOption> all = DeclaredOptions.installed().all();
    StringBuilder text = new StringBuilder();
    text.append("\nOf the run:\n\n| option | |\n| --- | --- |\n");
    all.stream()
        .filter(option -> !option.isOfMethods())
        .forEach(option -> text.append(row(option, option.help())));
    text.append(
        "\nOf its method; the second column is the key within `method:` in a YAML file:\n\n");
    text.append("| option | in `method:` | |\n| --- | --- | --- |\n");
    all.stream()
        .filter(DeclaredOption::isOfMethods)
        .forEach(
            option ->
                text.append(row(option, "`" + option.any().shortName() + "` | " + option.help())));
    return text.append('\n').toString();
  }

  private static String row(DeclaredOption option, String rest) {
    Setting<?> setting = option.any();
    String value = setting.values().placeholder();
    String typed = option.option();
    if (setting.bare().isPresent()) {
      typed += "[=" + value + "]";
    } else if (!setting.values().isFlag()) {
      typed += " " + value;
    }
    return "| `" + typed + "` | " + rest + " |\n";
  }
}
