package org.ptuning4j.tensor.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.Dtype;

/**
 * The JSON at the head of a safetensors file, parsed strictly: what the format does not define is
 * refused, so that a file means the same to every reader.
 */
final class SafetensorsHeader {

  /** Where a tensor's bytes lie, relative to the data section. */
  record Entry(TensorInfo info, long begin, long end) {}

  private static final String METADATA = "__metadata__";
  private static final int DEEPEST_NESTING = 8;
  private static final int LONGEST_NUMBER = 32;
  private static final int MOST_DIMENSIONS = 64;

  /** Some hundred times as many as the largest models in use have. */
  static final int MOST_ENTRIES = 100_000;

  static final int LONGEST_NAME = 1_000;

  private final String file;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private Map<String, String> metadata;

  private SafetensorsHeader(String file) {
    this.file = file;
  }

  /**
   * Parses and checks a header.
   *
   * @param file the file, for messages
   * @param json the header's bytes
   * @param dataLength the bytes that follow the header, all of which tensors must cover
   */
  static SafetensorsHeader parse(String file, byte[] json, long dataLength) {
    SafetensorsHeader header = new SafetensorsHeader(file);
    header.read(json);
    header.checkLayout(dataLength);
    return header;
  }

  Map<String, Entry> entries() {
    return entries;
  }

  Map<String, String> metadata() {
    return metadata == null ? Map.of() : metadata;
  }

  private void read(byte[] json) {
    if (json.length == 0 || json[0] != '{') {
      throw bad("the header is not a JSON object");
    }
    try (Reader reader =
            new InputStreamReader(
                new ByteArrayInputStream(json), StandardCharsets.UTF_8.newDecoder());
        JsonParser parser = factory(json.length).createParser(reader)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        readField(parser, parser.currentName());
      }
      if (parser.nextToken() != null) {
        throw bad("the header has more after its JSON object");
      }
    } catch (JsonProcessingException e) {
      throw bad("the header is not valid JSON: " + e.getOriginalMessage(), e);
    } catch (CharacterCodingException e) {
      throw bad("the header is not UTF-8", e);
    } catch (IOException e) {
      throw bad("the header cannot be read: " + e.getMessage(), e);
    }
  }

  private static JsonFactory factory(int length) {
    return JsonFactory.builder()
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(DEEPEST_NESTING)
                .maxNumberLength(LONGEST_NUMBER)
                .maxStringLength(length)
                .maxNameLength(length)
                .build())
        // A file's names are not worth a table that outlives it.
        .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .build();
  }

  private void readField(JsonParser parser, String name) throws IOException {
    requireLength(name);
    if (name.equals(METADATA)) {
      if (metadata != null) {
        throw bad("the header has %s twice", METADATA);
      }
      metadata = readMetadata(parser);
    } else if (entries.put(name, readEntry(parser, name)) != null) {
      throw bad("the header has tensor %s twice", Quoted.name(name));
    }
    if (entries.size() > MOST_ENTRIES) {
      throw bad("the header has more than %d tensors", MOST_ENTRIES);
    }
  }

  private void requireLength(String name) {
    if (name.length() > LONGEST_NAME) {
      throw bad(
          "the header has a name of %d characters; at most %d are allowed: %s",
          name.length(), LONGEST_NAME, Quoted.name(name));
    }
  }

  private Map<String, String> readMetadata(JsonParser parser) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw bad("%s is not an object of strings", METADATA);
    }
    Map<String, String> map = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      requireLength(key);
      if (map.size() == MOST_ENTRIES) {
        throw bad("%s has more than %d entries", METADATA, MOST_ENTRIES);
      }
      if (parser.nextToken() != JsonToken.VALUE_STRING) {
        throw bad("%s: the value of %s is not a string", METADATA, Quoted.name(key));
      }
      if (map.put(key, parser.getText()) != null) {
        throw bad("%s has %s twice", METADATA, Quoted.name(key));
      }
    }
    return map;
  }

  private Entry readEntry(JsonParser parser, String name) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw bad("tensor %s is not an object with dtype, shape and data_offsets", Quoted.name(name));
    }
    Dtype dtype = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      if (field.equals("dtype") && dtype == null) {
        dtype = readDtype(parser, name);
      } else if (field.equals("shape") && shape == null) {
        shape = readNumbers(parser, name, field, MOST_DIMENSIONS);
      } else if (field.equals("data_offsets") && offsets == null) {
        offsets = readNumbers(parser, name, field, 2);
      } else {
        boolean known = Set.of("dtype", "shape", "data_offsets").contains(field);
        throw bad(
            "tensor %s %s %s",
            Quoted.name(name), known ? "has twice" : "has an unknown field", Quoted.name(field));
      }
    }
    if (dtype == null || shape == null || offsets == null || offsets.size() != 2) {
      throw bad("tensor %s must have dtype, shape and two data_offsets", Quoted.name(name));
    }
    return checked(new Entry(new TensorInfo(name, dtype, shape), offsets.get(0), offsets.get(1)));
  }

  private Dtype readDtype(JsonParser parser, String name) throws IOException {
    String found = parser.nextToken() == JsonToken.VALUE_STRING ? parser.getText() : null;
    for (Dtype dtype : Dtype.values()) {
      if (dtype.name().equals(found)) {
        return dtype;
      }
    }
    throw bad(
        "tensor %s has dtype %s; supported: %s",
        Quoted.name(name),
        found == null ? "that is not a string" : Quoted.name(found),
        List.of(Dtype.values()));
  }

  private List<Long> readNumbers(JsonParser parser, String name, String field, int most)
      throws IOException {
    if (parser.nextToken() != JsonToken.START_ARRAY) {
      throw bad("tensor %s: %s is not an array", Quoted.name(name), field);
    }
    List<Long> numbers = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
        throw bad(
            "tensor %s: %s holds %s, which is not a whole number",
            Quoted.name(name), field, Quoted.name(String.valueOf(parser.getText())));
      }
      if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
          || parser.getLongValue() < 0) {
        throw bad(
            "tensor %s: %s holds %s; it must be between 0 and %d",
            Quoted.name(name), field, parser.getText(), Long.MAX_VALUE);
      }
      if (numbers.size() == most) {
        throw bad("tensor %s: %s has more than %d values", Quoted.name(name), field, most);
      }
      numbers.add(parser.getLongValue());
    }
    return numbers;
  }

  private Entry checked(Entry entry) {
    String name = Quoted.name(entry.info().name());
    if (entry.begin() > entry.end()) {
      throw bad("tensor %s begins at %d, after its end %d", name, entry.begin(), entry.end());
    }
    long needed;
    try {
      needed = Shapes.bytes(entry.info().dtype(), entry.info().shape());
    } catch (ArithmeticException e) {
      throw bad("tensor " + name + ": shape " + entry.info().shape() + " overflows", e);
    }
    if (needed != entry.end() - entry.begin()) {
      throw bad(
          "tensor %s is %s, which takes %d bytes, but its data_offsets [%d, %d] hold %d",
          name,
          entry.info().describe(),
          needed,
          entry.begin(),
          entry.end(),
          entry.end() - entry.begin());
    }
    return entry;
  }

  /** Tensors must cover the data section without holes and without sharing a byte. */
  private void checkLayout(long dataLength) {
    List<Entry> sorted = new ArrayList<>(entries.values());
    sorted.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long covered = 0;
    for (Entry entry : sorted) {
      String name = Quoted.name(entry.info().name());
      if (entry.end() > dataLength) {
        throw bad(
            "tensor %s ends at byte %d of the data, which is only %d bytes long; the file is cut"
                + " short or damaged",
            name, entry.end(), dataLength);
      }
      if (entry.begin() < covered) {
        throw bad(
            "tensor %s begins at %d, inside another one that ends at %d",
            name, entry.begin(), covered);
      }
      if (entry.begin() > covered) {
        throw bad(
            "the data has a hole: no tensor covers bytes %d to %d, before %s",
            covered, entry.begin(), name);
      }
      covered = entry.end();
    }
    if (covered < dataLength) {
      throw bad("%d bytes after the last tensor belong to none", dataLength - covered);
    }
  }

  private InvalidInputException bad(String format, Object... arguments) {
    return new InvalidInputException(
        file + ": " + InvalidInputException.of(format, arguments).getMessage());
  }

  private InvalidInputException bad(String message, Exception cause) {
    return new InvalidInputException(file + ": " + message, cause);
  }
}
