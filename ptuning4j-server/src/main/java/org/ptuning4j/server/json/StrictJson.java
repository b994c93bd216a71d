package org.ptuning4j.server.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.ptuning4j.data.json.JsonText;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemKind;

/**
 * Reads a body of JSON: one object in UTF-8, no name twice in an object, only numbers that JSON
 * knows, no half characters, nothing behind it, and all within limits.
 */
public final class StrictJson {

  /** Names longer than this name nothing that the server knows. */
  private static final int NAME_LENGTH = 1_000;

  private final JsonLimits limits;
  private final JsonFactory factory;

  /** A reader with limits. */
  public StrictJson(JsonLimits limits) {
    this.limits = limits;
    this.factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(limits.depth())
                    .maxNumberLength(limits.numberLength())
                    .maxStringLength(limits.textLength())
                    .maxNameLength(NAME_LENGTH)
                    .build())
            // Names come from outside: a table of all that were ever seen would only grow.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();
  }

  /**
   * Reads the object that a body is.
   *
   * @throws org.ptuning4j.server.problem.ProblemException if it is none, or breaks a rule; it says
   *     which one and where
   */
  public Map<String, Object> object(byte[] body) {
    CharBuffer text = decoded(body);
    try (JsonParser json = factory.createParser(text.array(), text.position(), text.remaining())) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw bad("the body must be an object of JSON, such as {\"task\": …, \"text\": …}");
      }
      Map<String, Object> object = new ValueReader(json, limits.values()).object();
      if (json.nextToken() != null) {
        throw bad("something follows the object of JSON" + place(json.currentTokenLocation()));
      }
      return object;
    } catch (StreamConstraintsException e) {
      throw ProblemDetails.of(ProblemKind.TOO_LARGE, beyondLimits(e)).exception();
    } catch (JsonProcessingException e) {
      throw bad("not valid JSON" + place(e.getLocation()) + ": " + JsonText.describe(e));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // Cannot be: the text is in memory.
    }
  }

  private static CharBuffer decoded(byte[] body) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
    } catch (CharacterCodingException e) {
      throw bad("the body is not valid UTF-8, which JSON is written in");
    }
  }

  private String beyondLimits(StreamConstraintsException e) {
    return "the JSON goes beyond a limit"
        + place(e.getLocation())
        + ": it may have "
        + limits.depth()
        + " levels, numbers of "
        + limits.numberLength()
        + " characters, names of "
        + NAME_LENGTH
        + " and texts of "
        + limits.textLength();
  }

  private static String place(JsonLocation at) {
    return at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
  }

  private static RuntimeException bad(String detail) {
    return ProblemDetails.of(ProblemKind.BAD_REQUEST, detail).exception();
  }
}
