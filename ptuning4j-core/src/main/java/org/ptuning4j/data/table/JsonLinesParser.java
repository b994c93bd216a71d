package org.ptuning4j.data.table;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Entry;
import org.ptuning4j.data.Source;
import org.ptuning4j.data.input.LineReader;
import org.ptuning4j.data.input.PhysicalLine;
import org.ptuning4j.data.json.JsonText;
import org.ptuning4j.data.json.JsonValue;

/**
 * One JSON object a line, or several after each other on one. A fault costs the rest of its line;
 * what stands before it is read. Blank lines are passed over.
 */
final class JsonLinesParser implements RecordParser {

  private final LineReader lines;
  private final JsonText json;
  private final Set<String> columnNames = new LinkedHashSet<>();
  private final Queue<Entry> waiting = new ArrayDeque<>();
  private int records;

  JsonLinesParser(LineReader lines, int maxLineBytes) {
    this.lines = lines;
    this.json = JsonText.upTo(maxLineBytes);
  }

  @Override
  public List<String> columnNames() {
    return List.copyOf(columnNames);
  }

  @Override
  public Optional<Entry> next() throws IOException {
    if (waiting.isEmpty()) {
      Optional<PhysicalLine> line = lines.nextFilled();
      if (line.isPresent()) {
        parse(line.get());
      }
    }
    return Optional.ofNullable(waiting.poll());
  }

  private void parse(PhysicalLine line) throws IOException {
    if (line.isBad()) {
      records++;
      waiting.add(new BadRow(line.number(), line.problem()));
      return;
    }
    List<JsonValue> values = new ArrayList<>();
    Optional<JsonProcessingException> fault = Optional.empty();
    try (JsonParser parser = json.parser(line.text())) {
      while (parser.nextToken() != null) {
        values.add(JsonValue.at(parser, Integer.MAX_VALUE));
      }
    } catch (JsonProcessingException e) {
      fault = Optional.of(e);
    }
    boolean alone = values.size() + (fault.isPresent() ? 1 : 0) == 1;
    for (JsonValue value : values) {
      records++;
      waiting.add(JsonEntries.entry(line.number(), alone ? 0 : records, value, columnNames));
    }
    if (fault.isPresent()) {
      records++;
      Map<String, Object> fields = values.isEmpty() ? fieldsBefore(line.text()) : Map.of();
      Source source = Source.of(line.number(), alone ? 0 : records, fields);
      waiting.add(new BadRow(source, JsonText.describe(fault.get(), line.text())));
    }
  }

  /** The plain fields of a line's first object, up to where it is broken. */
  private Map<String, Object> fieldsBefore(String line) throws IOException {
    Map<String, Object> fields = new HashMap<>();
    try (JsonParser parser = json.parser(line)) {
      boolean object = parser.nextToken() == JsonToken.START_OBJECT;
      while (object && parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        if (value.isStructStart()) {
          parser.skipChildren();
        } else if (value != JsonToken.VALUE_NULL) {
          fields.putIfAbsent(name, JsonValue.at(parser, Integer.MAX_VALUE).value());
        }
      }
    } catch (JsonProcessingException e) {
      return fields; // What comes before the fault is sound.
    }
    return fields;
  }
}
