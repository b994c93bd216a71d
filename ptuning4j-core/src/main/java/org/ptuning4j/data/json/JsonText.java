package org.ptuning4j.data.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.io.InputStream;
import java.util.regex.Pattern;

/**
 * How JSON of data files is parsed: at most 100 levels, texts within the limit. What {@link
 * JsonValue} says better is let through: names that an object has twice, NaN, infinities.
 *
 * @param factory makes the parsers
 */
public record JsonText(JsonFactory factory) {

  /** Far more than a data set needs, far less than what exhausts a stack. */
  private static final int MAX_DEPTH = 100;

  /** What Jackson says of where it reads from. */
  private static final Pattern SOURCE = Pattern.compile("( \\(start marker at)? ?\\[Source: .*$");

  /** A parser of texts of at most so many bytes. */
  public static JsonText upTo(int maxTextBytes) {
    return new JsonText(
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(maxTextBytes)
                    .build())
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
            .build());
  }

  /** A parser of a text. */
  public JsonParser parser(String text) throws IOException {
    return factory.createParser(text);
  }

  /** A parser of a stream, which it leaves open. */
  public JsonParser parser(InputStream in) throws IOException {
    return factory.createParser(in);
  }

  /** What is wrong with one line, and at which column. */
  public static String describe(JsonProcessingException e, String line) {
    JsonLocation at = e.getLocation();
    String where = at == null ? "" : " at column " + at.getColumnNr();
    return "not valid JSON" + where + ": " + describe(e) + quoteHint(line, at);
  }

  /** What is wrong, without where. */
  public static String describe(JsonProcessingException e) {
    if (e instanceof JsonEOFException) {
      return "it breaks off (is the file cut off?)";
    }
    String message = e.getOriginalMessage().lines().findFirst().orElse("").strip();
    return SOURCE.matcher(message).replaceAll("");
  }

  /** Quotation marks that are not JSON's, where the parser stumbled. */
  private static String quoteHint(String line, JsonLocation at) {
    int place = at == null ? -1 : at.getColumnNr() - 1;
    for (int i = Math.max(0, place - 1); i <= place && i < line.length(); i++) {
      if ("'‘’“”„«»`".indexOf(line.charAt(i)) >= 0) {
        return " (texts go between straight double quotes, not "
            + line.charAt(i)
            + (line.charAt(i) == '\'' ? ", as Python prints a dict" : "")
            + ")";
      }
    }
    return "";
  }
}
