package org.ptuning4j.data.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.ptuning4j.data.input.TextInput;
import org.ptuning4j.data.value.NormalText;

/** How a file of JSON holds its records, judged by its beginning. */
public enum JsonShape {
  /** A record a line. */
  LINES,
  /** A list of records, or records one after the other, over any lines. */
  DOCUMENT,
  /**
   * An object one of whose fields, named as in {@link #WRAPPERS}, is the list of records; or
   * several that have nothing else.
   */
  WRAPPED;

  /** What the list of records is called in an object around it. */
  public static final Set<String> WRAPPERS =
      Set.of("data", "rows", "records", "examples", "items", "instances");

  /** Enough lines to see whether an object over several lines wraps a list. */
  private static final int LOOK = 200;

  /** The shape of an input whose first sign is a bracket or a brace; any other is of lines. */
  public static JsonShape of(TextInput input) throws IOException {
    String first = filled(input, 1);
    if (first.startsWith("[")) {
      return DOCUMENT;
    }
    Beginning line = Beginning.of(first);
    if (line != Beginning.OPEN || isCut(input)) {
      return line == Beginning.WRAPPER && !isRecord(first, input) ? WRAPPED : LINES;
    }
    if (filled(input, 2).startsWith("{") && !first.endsWith("[")) {
      return LINES; // The first line is broken, not the beginning of an object.
    }
    String more = String.join("\n", input.firstLines(LOOK)).strip();
    return Beginning.of(more) == Beginning.WRAPPER ? WRAPPED : DOCUMENT;
  }

  /** The first line, or the second, of those that show something. */
  private static String filled(TextInput input, int which) throws IOException {
    for (int count = which; count <= LOOK; count++) {
      List<String> lines = input.firstLines(count);
      List<String> filled = lines.stream().filter(line -> !NormalText.isBlank(line)).toList();
      if (filled.size() >= which) {
        return filled.get(which - 1).strip();
      }
      if (lines.size() < count) {
        break;
      }
    }
    return "";
  }

  /** Whether an object with a list and more is a line of several, and so one of the records. */
  private static boolean isRecord(String line, TextInput input) throws IOException {
    return hasMoreThanAList(line) && !filled(input, 2).isEmpty();
  }

  /** Whether a text is a whole object of more than one field. */
  private static boolean hasMoreThanAList(String text) throws IOException {
    try (JsonParser json = JsonText.upTo(Integer.MAX_VALUE).parser(text)) {
      json.nextToken();
      int fields = 0;
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        fields++;
        json.nextToken();
        json.skipChildren();
      }
      return fields > 1 && json.currentToken() == JsonToken.END_OBJECT;
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  /** Whether the first line is longer than what is looked at. */
  private static boolean isCut(TextInput input) throws IOException {
    return input.firstLines(2).size() < 2 && !input.isSeenWhole();
  }

  /** What the beginning of an object shows. */
  private enum Beginning {
    /** It is whole, or broken within a text, or no object at all. */
    CLOSED,
    /** It goes on. */
    OPEN,
    /**
     * It has a list under one of the known names, of objects as far as can be seen; one of none
     * only where nothing stands before it.
     */
    WRAPPER;

    static Beginning of(String text) throws IOException {
      try (JsonParser json = JsonText.upTo(Integer.MAX_VALUE).parser(text)) {
        if (json.nextToken() != JsonToken.START_OBJECT) {
          return CLOSED;
        }
        for (boolean alone = true; json.nextToken() == JsonToken.FIELD_NAME; alone = false) {
          String name = json.currentName();
          if (json.nextToken() == JsonToken.START_ARRAY && WRAPPERS.contains(name)) {
            JsonToken element = json.nextToken();
            if (element == JsonToken.START_OBJECT || (element == JsonToken.END_ARRAY && alone)) {
              return WRAPPER;
            }
            skipElements(json);
          } else {
            json.skipChildren();
          }
        }
        return CLOSED;
      } catch (JsonEOFException e) {
        JsonToken within = e.getTokenBeingDecoded();
        boolean inText = within == JsonToken.VALUE_STRING || within == JsonToken.FIELD_NAME;
        return inText ? CLOSED : OPEN;
      } catch (JsonProcessingException e) {
        // Behind a comma the end is an error as any other, only that nothing comes after it.
        long at = e.getLocation() == null ? 0 : e.getLocation().getCharOffset();
        return text.endsWith(",") && at >= text.length() ? OPEN : CLOSED;
      }
    }

    /** Goes to the end of the list that a parser is in. */
    private static void skipElements(JsonParser json) throws IOException {
      while (json.currentToken() != JsonToken.END_ARRAY) {
        json.skipChildren();
        json.nextToken();
      }
    }
  }
}
