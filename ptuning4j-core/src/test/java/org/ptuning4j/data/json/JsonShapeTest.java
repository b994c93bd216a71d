package org.ptuning4j.data.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.input.InputSettings;

/** What the beginning of a file of JSON tells of the rest. */
class JsonShapeTest {

  private static InputFile file(String text) {
    byte[] bytes = text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return InputFile.ofStream(new ByteArrayInputStream(bytes), "data", InputSettings.DEFAULT);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "`{'a':1}`|LINES",
        "`{'a':1}\n{'a':2}`|LINES",
        "`{'a':1}{'a':2}`|LINES",
        "`{'a':1,\n{'a':2}\n{'a':3}`|LINES", // the first line is broken
        "`{'a':1,\n\n{'a':2}`|LINES",
        "`{'a':'b\n{'a':2}`|LINES", // broken off within a text
        "`{'a':1, oops`|LINES",
        "`no JSON`|LINES",
        "`{'other':[{'a':1}]}`|LINES",
        "`{'data':[1,2]}`|LINES", // a list of numbers is a value
        "`{'data':{'a':[]}}`|LINES",
        "`[{'a':1}]`|DOCUMENT",
        "`\n \n[{'a':1}]`|DOCUMENT",
        "`[`|DOCUMENT",
        "`{\n'a':1\n}\n{\n'a':2\n}`|DOCUMENT",
        "`{'a':1,\n'b':2}\n{'a':3,\n'b':4}`|DOCUMENT", // an object goes on behind a comma
        "`{'a':1, 'b':[1,\n2]}`|DOCUMENT",
        "`{'version':1,\n'data':[{'a':1}]}`|WRAPPED",
        "`{'a':1, 'b\n{'a':2}`|LINES", // broken off within a name
        "`{'a':\n1}\n{'a':\n2}`|DOCUMENT",
        "`{'a':[\n{'b':1}\n]}`|DOCUMENT", // the line's end opens a list
        "`{'data':[{'a':1}]}`|WRAPPED",
        "`{'version':1,'rows':[{'a':1}]}`|WRAPPED",
        "`{'examples':[]}`|WRAPPED",
        "`{'id':1,'items':[]}`|LINES", // an empty list beside something else holds no records
        "`{'id':1,'items':[],'rows':[{'a':1}]}`|WRAPPED",
        "`{'data':[1,2],'rows':[{'a':1}]}`|WRAPPED",
        "`{'id':1,'items':[{'b':1}]}\n{'id':2}`|LINES", // one of several lines is a record
        "`{'items':[{'b':1}],'id':1}\n\n{'id':2}`|LINES",
        "`{'rows':[{'a':1}]}\n{'rows':[{'a':2}]}`|WRAPPED",
        "`{'data': [\n{'a':1},\n{'a':2}]}`|WRAPPED",
        "`{\n'version': {'n':[1]},\n'data': [\n{'a':1}]}`|WRAPPED",
      })
  void theBeginningShowsHowRecordsAreHeld(String text, JsonShape shape) {
    assertThat(file(text).<JsonShape>look(JsonShape::of)).isEqualTo(shape);
  }

  /** An object on one line that is longer than what is looked at is a record. */
  @Test
  void aLongFirstLineIsALine() {
    String text = "{'a':[" + "1,".repeat(60_000) + "1]}\n{'a':2}\n";
    assertThat(file(text).<JsonShape>look(JsonShape::of)).isEqualTo(JsonShape.LINES);
  }

  private static Optional<String> first(String text, String... names) {
    return file(text).look(input -> JsonNames.first(input, Set.of(names)));
  }

  @Test
  void namesAreFoundAtAnyDepthInTheirOrder() {
    assertThat(first("{'a':{'b':[{'c':1}]},'d':2}", "d", "c")).contains("c");
    assertThat(first("{'a':'c'}", "c")).isEmpty();
    assertThat(first("a,c\n{'c':1}", "c")).isEmpty();
    assertThat(first("{'a':1, oops 'c':1}", "c")).isEmpty();
  }

  /** The first record may lack a name that the others have. */
  @Test
  void namesAreLookedForInFurtherLinesToo() {
    InputStream slow =
        new FilterInputStream(
            new ByteArrayInputStream(
                "{\"a\":1}\n{\"a\":2}\n{\"c\":3}\n".getBytes(StandardCharsets.UTF_8))) {
          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            return super.read(bytes, offset, Math.min(9, length));
          }
        };
    InputFile file = InputFile.ofStream(slow, "data", InputSettings.DEFAULT);
    assertThat(file.<Optional<String>>look(input -> JsonNames.first(input, Set.of("c"))))
        .contains("c");
  }

  private static String fault(String line) throws IOException {
    try (JsonParser json = JsonText.upTo(1000).parser(line)) {
      while (json.nextToken() != null) {
        json.currentToken();
      }
    } catch (JsonProcessingException e) {
      return JsonText.describe(e, line);
    }
    return "";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "{'a': 1}|at column 2: |not ', as Python prints a dict)",
        "{“a”: 1}|at column 2: |not “)",
        "{\"a\": ‘b’}|at column 7: |not ‘)",
        "{\"a\": 1, «b»: 2}|at column 10: |not «)",
        "{`a`: 1}|at column 2: |not `)",
      })
  void quotationMarksThatAreNotJsonsAreNamed(String line, String where, String hint)
      throws IOException {
    assertThat(fault(line))
        .startsWith("not valid JSON " + where)
        .endsWith(" (texts go between straight double quotes, " + hint)
        .doesNotContain("Source");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{a: 1}", "{\"it's\": oops}", "{\"a\": 1 \"b\"}", "{\"a\": 01}"})
  void otherFaultsHaveNoSuchHint(String line) throws IOException {
    assertThat(fault(line)).startsWith("not valid JSON at column ").doesNotContain("straight");
  }

  @Test
  void whatBreaksOffIsSaidToBeCut() throws IOException {
    assertThat(fault("{\"a\": [1")).endsWith(": it breaks off (is the file cut off?)");
  }

  /** Bytes count from the record's brace to where its values begin. */
  @Test
  void aRecordOfTheLimitIsRead() throws IOException {
    byte[] json = "{\"t\":\"abcd\"}".getBytes(StandardCharsets.UTF_8);
    for (int most : new int[] {5, 4}) {
      try (JsonParser parser = JsonText.upTo(100).parser(new ByteArrayInputStream(json))) {
        parser.nextToken();
        JsonValue value = JsonValue.at(parser, most);
        if (most == 5) {
          assertThat(value.problem()).isNull();
        } else {
          assertThat(value.problem())
              .isEqualTo("the record has more than the 4 bytes that are read");
        }
      }
    }
  }
}
