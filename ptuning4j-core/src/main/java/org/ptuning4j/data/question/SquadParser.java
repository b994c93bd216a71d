package org.ptuning4j.data.question;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.Excerpt;
import org.ptuning4j.data.table.Gathered;
import org.ptuning4j.data.table.JsonLinesParser;

/** Walks through a SQuAD file, of which it holds one article at a time. */
final class SquadParser {

  private static final Pattern SOURCE = Pattern.compile("\\[Source: [^;]*; ");

  private final JsonParser json;
  private final SquadQuestions questions;
  private final Gathered<QuestionExample> gathered;
  private int questionsSeen;

  SquadParser(JsonParser json, SquadQuestions questions, Gathered<QuestionExample> gathered) {
    this.json = json;
    this.questions = questions;
    this.gathered = gathered;
  }

  /** A parser that takes single texts of up to so many bytes. */
  static JsonParser open(InputStream in, int maxTextBytes) throws IOException {
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(JsonLinesParser.limits(maxTextBytes))
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    return new JsonMapper(factory).createParser(in);
  }

  /** What is wrong, without where: the caller says that with the name of the file. */
  static String describe(JsonProcessingException e) {
    String message = e.getOriginalMessage().lines().findFirst().orElse("").strip();
    return SOURCE.matcher(message).replaceAll("[");
  }

  /** Reads the file; {@code false} where it is a single question, the first of several lines. */
  boolean parse() throws IOException {
    JsonToken first = json.nextToken();
    if (first != JsonToken.START_OBJECT) {
      throw InvalidInputException.of(
          "line %d: %s where SQuAD has an object {\"data\": […]}", line(), kind(first));
    }
    boolean data = false;
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String field = json.currentName();
      json.nextToken();
      if (field.equals("question") || field.equals("context")) {
        return false;
      } else if (field.equals("data")) {
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
      throw InvalidInputException.of("line %d: there is more behind the end of the object", line());
    }
    return true;
  }

  private interface Element {
    void read() throws IOException;
  }

  /** Reads the elements of the list that the parser is at. */
  private void eachOf(String name, Element element) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      gathered.bad(line(), name + " is " + kind(json.currentToken()) + ", must be a list");
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
      gathered.bad(line(), name + " is " + kind(json.currentToken()) + ", must be an object");
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
      gathered.bad(line, "an article has no list 'paragraphs'");
    }
    for (Paragraph paragraph : paragraphs) {
      gather(title, paragraph);
    }
  }

  private record Question(int line, int number, Object value) {}

  private record Paragraph(Object context, List<Question> questions) {}

  private void paragraph(List<Paragraph> paragraphs) throws IOException {
    int line = line();
    if (!atObject("an element of 'paragraphs'")) {
      return;
    }
    Object context = null;
    List<Question> asked = new ArrayList<>();
    boolean complete = false;
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String field = json.currentName();
      json.nextToken();
      if (field.equals("context")) {
        context = json.readValueAs(Object.class);
      } else if (field.equals("qas")) {
        complete = true;
        eachOf("'qas'", () -> asked.add(question()));
      } else {
        json.skipChildren();
      }
    }
    if (!complete) {
      gathered.bad(line, "a paragraph has no list 'qas'");
    }
    paragraphs.add(new Paragraph(context, asked));
  }

  private Question question() throws IOException {
    questionsSeen++;
    return new Question(line(), questionsSeen, json.readValueAs(Object.class));
  }

  /** A file may be one long line: what is wrong is found by the question's id. */
  private void gather(String title, Paragraph paragraph) {
    for (Question question : paragraph.questions()) {
      Object id = question.value() instanceof Map<?, ?> map ? map.get("id") : null;
      String where =
          id instanceof String text && !text.isBlank()
              ? "question " + Excerpt.of(text) + ": "
              : "question " + question.number() + " of the file: ";
      gathered.take(
          question.line(),
          where,
          () ->
              List.of(
                  questions.question(
                      question.line(), title, paragraph.context(), question.value())));
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
