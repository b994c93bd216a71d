package org.ptuning4j.data.question;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ptuning4j.Excerpt;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.RowIds;
import org.ptuning4j.data.Source;
import org.ptuning4j.data.json.JsonValue;
import org.ptuning4j.data.table.ExampleCollector;

/** Walks through a SQuAD file, of which it holds one article at a time. */
final class SquadParser {

  private final JsonParser json;
  private final SquadQuestions questions;
  private final ExampleCollector<QuestionExample> collector;
  private int questionsSeen;

  SquadParser(
      JsonParser json, SquadQuestions questions, ExampleCollector<QuestionExample> collector) {
    this.json = json;
    this.questions = questions;
    this.collector = collector;
  }

  /** Reads the file. */
  void parse() throws IOException {
    JsonToken first = json.nextToken();
    if (first != JsonToken.START_OBJECT) {
      throw InvalidInputException.of(
          "line %d: %s where SQuAD has an object {\"data\": […]}", line(), kind(first));
    }
    boolean data = false;
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String field = json.currentName();
      json.nextToken();
      if (field.equals("data")) {
        data = true;
        eachOf("'data'", this::article);
      } else {
        json.skipChildren();
      }
    }
    if (!data) {
      throw new InvalidInputException(
          "no list 'data', which holds SQuAD's articles (and no 'question', which each line of"
              + " JSONL has)");
    }
    if (json.nextToken() != null) {
      throw InvalidInputException.of("line %d: there is more after the end of the object", line());
    }
  }

  private interface Element {
    void read() throws IOException;
  }

  /** Reads the elements of the list that the parser is at. */
  private void eachOf(String name, Element element) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      collector.bad(line(), name + " is " + kind(json.currentToken()) + ", must be a list");
      json.skipChildren();
      return;
    }
    while (json.nextToken() != JsonToken.END_ARRAY) {
      element.read();
    }
  }

  /** Whether the parser is at an object; anything else is noted as bad and skipped. */
  private boolean atObject(String name) throws IOException {
    boolean object = json.currentToken() == JsonToken.START_OBJECT;
    if (!object) {
      collector.bad(line(), name + " is " + kind(json.currentToken()) + ", must be an object");
      json.skipChildren();
    }
    return object;
  }

  private void article() throws IOException {
    int line = line();
    if (!atObject("an article of 'data'")) {
      return;
    }
    String title = null;
    List<Paragraph> paragraphs = new ArrayList<>();
    boolean complete = false;
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String field = json.currentName();
      json.nextToken();
      if (field.equals("title") && json.currentToken() == JsonToken.VALUE_STRING) {
        title = json.getText();
      } else if (field.equals("paragraphs")) {
        complete = true;
        eachOf("'paragraphs'", () -> paragraph(paragraphs));
      } else {
        json.skipChildren();
      }
    }
    if (!complete) {
      collector.bad(line, "an article has no list 'paragraphs'");
    }
    for (Paragraph paragraph : paragraphs) {
      gather(title, paragraph);
    }
  }

  private record Question(int line, int number, JsonValue value) {}

  private record Paragraph(JsonValue context, List<Question> questions) {}

  private void paragraph(List<Paragraph> paragraphs) throws IOException {
    int line = line();
    if (!atObject("an element of 'paragraphs'")) {
      return;
    }
    JsonValue context = new JsonValue(null, null);
    List<Question> asked = new ArrayList<>();
    boolean complete = false;
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String field = json.currentName();
      json.nextToken();
      if (field.equals("context")) {
        context = JsonValue.at(json, Integer.MAX_VALUE);
      } else if (field.equals("qas")) {
        complete = true;
        eachOf("'qas'", () -> asked.add(question()));
      } else {
        json.skipChildren();
      }
    }
    if (!complete) {
      collector.bad(line, "a paragraph has no list 'qas'");
    }
    paragraphs.add(new Paragraph(context, asked));
  }

  private Question question() throws IOException {
    questionsSeen++;
    return new Question(line(), questionsSeen, JsonValue.at(json, Integer.MAX_VALUE));
  }

  /** A file may be one long line: what is wrong is found by the question's id. */
  private void gather(String title, Paragraph paragraph) {
    for (Question question : paragraph.questions()) {
      Map<String, Object> ids = RowIds.ofObject(question.value().value());
      String where =
          ids.get("id") instanceof String id && !id.isBlank()
              ? "question " + Excerpt.of(id) + ": "
              : "question " + question.number() + " of the file: ";
      Source source = new Source(question.line(), question.number(), ids);
      collector.take(
          source,
          where,
          () -> List.of(questions.question(source, title, paragraph.context(), question.value())));
    }
  }

  private int line() {
    return json.currentTokenLocation().getLineNr();
  }

  private static String kind(JsonToken token) {
    if (token == null) {
      return "nothing";
    }
    return switch (token) {
      case START_ARRAY -> "a list";
      case START_OBJECT -> "an object";
      case VALUE_STRING -> "a text";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
      default -> token.asString();
    };
  }
}
