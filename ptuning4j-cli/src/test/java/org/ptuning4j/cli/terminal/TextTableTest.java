package org.ptuning4j.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TextTableTest {

  private static String printed(TextTable table) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Console console =
        new Console(
            new ByteArrayInputStream(new byte[0]),
            out,
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
            false);
    table.print(console, "> ");
    console.flush();
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void textStandsLeftAndNumbersRight() {
    TextTable table = new TextTable("name", "share", "seconds");
    table.row("a", "0.1 %", "12.0").row("longer", "99.0 %", "3.5");
    assertThat(printed(table))
        .isEqualTo(
            """
            > name     share  seconds
            > a        0.1 %     12.0
            > longer  99.0 %      3.5
            """);
  }

  @Test
  void wideSignsKeepColumnsInLine() {
    TextTable table = new TextTable("label", "rows").row("情感", "12").row("mood", "3");
    assertThat(printed(table))
        .isEqualTo(
            """
            > label  rows
            > 情感     12
            > mood      3
            """);
  }

  @Test
  void aCellIsOneLineAndCommandsNoTerminal() {
    assertThat(printed(new TextTable().row("a\nb", "c\u001b[2Jd"))).isEqualTo("> a b  c [2Jd\n");
  }

  @Test
  void figuresReadWell() {
    assertThat(Figures.count(370178)).isEqualTo("370,178");
    assertThat(Figures.count(1, "row") + Figures.count(2, "row")).isEqualTo("1 row2 rows");
    assertThat(Figures.smallPercent(0.00034)).isEqualTo("0.034 %");
    assertThat(Figures.smallPercent(0.0061)).isEqualTo("0.61 %");
    assertThat(Figures.bytes(999) + " " + Figures.bytes(133_400)).isEqualTo("999 bytes 133.4 kB");
    assertThat(Figures.seconds(8.44) + " " + Figures.seconds(200)).isEqualTo("8.4 s 3 min 20 s");
    assertThat(Figures.seconds(7300)).isEqualTo("2 h 1 min");
  }
}
