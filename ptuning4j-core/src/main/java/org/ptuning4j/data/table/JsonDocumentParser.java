package org.ptuning4j.data.table;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Entry;
import org.ptuning4j.data.Source;
import org.ptuning4j.data.json.JsonShape;
import org.ptuning4j.data.json.JsonText;
import org.ptuning4j.data.json.JsonValue;

/**
 * JSON objects of a document: the elements of a list, of the list of an object around it, or
 * objects one after the other, on however many lines. They are numbered, since one line may hold
 * them all. What follows a place that is not JSON cannot be read; that place is a bad row.
 */
final class JsonDocumentParser implements RecordParser {

  private enum Place {
    ROOT,
    WRAPPER,
    LIST
  }

  private final JsonParser json;
  private final boolean wrapped;
  private final int maxRecordBytes;
  private final Set<String> columnNames = new LinkedHashSet<>();
  private final Set<String> besideLists = new LinkedHashSet<>(); // names in objects around lists
  private final Set<String> lists = new LinkedHashSet<>();
  private int wrappers;
  private boolean hasList; // the object around a list that is read
  private Place place = Place.ROOT;
  private boolean inWrapper;
  private int records;
  private boolean inRecord;
  private boolean ended;

  JsonDocumentParser(InputStream in, JsonShape shape, int maxRecordBytes) throws IOException {
    this.json = JsonText.upTo(maxRecordBytes).parser(in);
    this.wrapped = shape == JsonShape.WRAPPED;
    this.maxRecordBytes = maxRecordBytes;
  }

  @Override
  public List<String> columnNames() {
    return List.copyOf(columnNames);
  }

  @Override
  public Optional<Entry> next() throws IOException {
    try {
      while (!ended) {
        JsonToken token = json.nextToken();
        ended = token == null;
        if (!ended && isRecord(token)) {
          return Optional.of(record());
        }
      }
      return Optional.empty();
    } catch (JsonProcessingException e) {
      ended = true;
      return Optional.of(broken(e));
    }
  }

  /** Steps into what holds records, over what does not, and stops at one. */
  private boolean isRecord(JsonToken token) throws IOException {
    switch (place) {
      case ROOT -> {
        if (token == JsonToken.START_ARRAY) {
          place = Place.LIST;
        } else if (token == JsonToken.START_OBJECT && wrapped) {
          place = Place.WRAPPER;
          inWrapper = true;
          wrappers++;
          hasList = false;
        } else {
          return true;
        }
      }
      case WRAPPER -> {
        if (token == JsonToken.END_OBJECT) {
          place = Place.ROOT;
          inWrapper = false;
          requireNoRecord();
        } else if (json.nextToken() == JsonToken.START_ARRAY
            && JsonShape.WRAPPERS.contains(json.currentName())) {
          place = Place.LIST;
          hasList = true;
          lists.add(json.currentName());
        } else {
          besideLists.add(json.currentName());
          json.skipChildren();
        }
      }
      case LIST -> {
        if (token != JsonToken.END_ARRAY) {
          return true;
        }
        place = inWrapper ? Place.WRAPPER : Place.ROOT;
      }
    }
    return false;
  }

  /**
   * Makes sure that what has ended was an object around records.
   *
   * @throws InvalidInputException if it could as well be a record itself
   */
  private void requireNoRecord() {
    Set<String> both = new LinkedHashSet<>(besideLists);
    both.retainAll(columnNames);
    String fault;
    if (!hasList) {
      fault = "object " + wrappers + " has no such list";
    } else if (wrappers > 1 && !besideLists.isEmpty()) {
      fault = "there are several such objects, with more in them: " + named(besideLists);
    } else if (!both.isEmpty()) {
      fault = "the object has " + named(both) + " itself, as the list's elements do";
    } else {
      return;
    }
    throw InvalidInputException.of(
        "line %d: rows were read from the list %s of the first object, but %s; if each object is a"
            + " row, write it on one line or make a list of them, and if not, leave what is around"
            + " the list out",
        json.currentLocation().getLineNr(), named(lists), fault);
  }

  private static String named(Set<String> names) {
    return "'" + String.join("', '", names) + "'";
  }

  private Entry record() throws IOException {
    records++;
    inRecord = true;
    int line = Math.max(1, json.currentTokenLocation().getLineNr());
    JsonValue value = JsonValue.at(json, maxRecordBytes);
    inRecord = false;
    return JsonEntries.entry(line, records, value, columnNames);
  }

  private BadRow broken(JsonProcessingException e) {
    JsonLocation at = e.getLocation() == null ? json.currentLocation() : e.getLocation();
    return new BadRow(
        new Source(Math.max(1, at.getLineNr()), inRecord ? records : records + 1, Map.of()),
        String.format(
            Locale.ROOT,
            "not valid JSON at column %d: %s; nothing after it is read",
            at.getColumnNr(),
            JsonText.describe(e)));
  }
}
