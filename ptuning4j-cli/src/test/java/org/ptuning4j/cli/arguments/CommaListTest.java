package org.ptuning4j.cli.arguments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.cli.options.TaskOptions;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists with commas, in which an item may have one. */
class CommaListTest {

  @Command(name = "options")
  private static final class Options {
    @Mixin TaskOptions task;
  }

  private static TaskOptions parsed(String... arguments) {
    Options options = new Options();
    new CommandLine(options).parseArgs(arguments);
    return options.task;
  }

  @Test
  void itemsAreSeparatedByCommas() {
    assertThat(CommaList.split("a,b")).containsExactly("a", "b");
    assertThat(CommaList.split(" a , b c ")).containsExactly("a", "b c");
    assertThat(CommaList.split("né, 否")).containsExactly("né", "否");
  }

  @Test
  void anItemWithACommaStandsInQuotationMarks() {
    assertThat(CommaList.split("\"yes, always\",no")).containsExactly("yes, always", "no");
    assertThat(CommaList.split("a, \"b,c\" ,d")).containsExactly("a", "b,c", "d");
    assertThat(CommaList.split("\"say \"\"hi\"\", twice\"")).containsExactly("say \"hi\", twice");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a,,b", "a,", ",a", "\"a,b", "\"a\"b,c"})
  void whatIsNoListIsRefused(String list) {
    assertThatThrownBy(() -> CommaList.split(list)).isInstanceOf(InvalidInputException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a,b", "say \"hi\"", "\"", " edge ", "a\nb", "né"})
  void aQuotedItemIsReadAsItWas(String item) {
    String list = CommaList.quoted("first, one") + "," + CommaList.quoted(item);
    assertThat(CommaList.split(list)).containsExactly("first, one", item);
  }

  @Test
  void optionsReadThem() {
    assertThat(parsed("--labels", "\"a,b\",c").labels).containsExactly("a,b", "c");
    assertThat(parsed("--labels=a,b", "--labels", "c").labels).containsExactly("a", "b", "c");
    assertThat(parsed("--words", "\"a,b=yes|sure\",c=no").words)
        .isEqualTo(List.of("a,b=yes|sure", "c=no"));
    assertThatThrownBy(() -> parsed("--labels", "a,,b"))
        .isInstanceOf(CommandLine.ParameterException.class)
        .hasMessageContaining("--labels: 'a,,b' has an empty item");
    assertThatThrownBy(() -> parsed("--labels"))
        .isInstanceOf(CommandLine.ParameterException.class)
        .hasMessageContaining("--labels");
  }
}
