package org.ptuning4j.data.tagging;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Entry;
import org.ptuning4j.data.ExampleReader;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.MissingAnswerException;
import org.ptuning4j.data.RecordFields;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.Source;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.input.TextInput;
import org.ptuning4j.data.json.JsonNames;
import org.ptuning4j.data.table.TableReader;

/**
 * Reads named entities from JSON objects, in a list, as CoNLL-2004 is passed around, or one a line.
 *
 * <p>An object has {@code tokens} or {@code words}, and either {@code tags} (or {@code ner_tags}),
 * one a word, or {@code entities}, each with its {@code type}, {@code start} and {@code end} (the
 * index after its last word, counted from 0). Or it has a {@code text} with {@link CharacterSpans
 * spans of characters}. Other fields are passed over. What is returned has its tags in {@link
 * TagScheme#IOB2}.
 *
 * <p>A bad object becomes a {@link BadRow} with the place at which it starts.
 *
 * @param scheme the scheme of the tags in the file, or {@code null} to detect it
 * @param tagNames what tags that are numbers stand for
 */
public record EntityJsonReader(TagScheme scheme, TagNames tagNames)
    implements ExampleReader<TaggedSentence> {

  /** The sentences of a document, as the Hub's copy of OntoNotes has them. */
  private static final String SENTENCES = "sentences";

  /** A reader that detects the scheme. */
  public EntityJsonReader() {
    this(null, TagNames.NONE);
  }

  /** The same for a file whose scheme is known. */
  public EntityJsonReader withScheme(TagScheme newScheme) {
    return new EntityJsonReader(newScheme, tagNames);
  }

  /** The same for a file whose tags are numbers. */
  public EntityJsonReader withTagNames(TagNames newTagNames) {
    return new EntityJsonReader(scheme, newTagNames);
  }

  /** Whether the objects of an input hold a list of sentences each; told from its beginning. */
  public static boolean isNested(TextInput input) throws IOException {
    return JsonNames.first(input, Set.of(SENTENCES, "tokens", "words", "text"))
        .filter(SENTENCES::equals)
        .isPresent();
  }

  @Override
  public Examples<TaggedSentence> read(InputFile file) {
    return read(file, true);
  }

  @Override
  public Examples<TaggedSentence> readUnlabelled(InputFile file) {
    return read(file, false);
  }

  private Examples<TaggedSentence> read(InputFile file, boolean tagged) {
    Destination sentences =
        new Destination(new SentenceCollector(scheme, FileFormat.JSONL), tagNames, tagged);
    String fingerprint =
        new TableReader()
            .forEach(file.with(file.settings().withFormat(FileFormat.JSONL)), sentences);
    return sentences.collector().finish(file, fingerprint);
  }

  /** Where objects go, with their tags or without. */
  private record Destination(SentenceCollector collector, TagNames tagNames, boolean tagged)
      implements Consumer<Entry> {

    @Override
    public void accept(Entry entry) {
      if (entry instanceof BadRow bad) {
        collector.bad(bad);
      } else if (entry instanceof Row row) {
        orBad(row.source(), "", () -> add(row.source(), RecordFields.of(row)));
      }
    }

    private void orBad(Source source, String where, Runnable part) {
      try {
        part.run();
      } catch (MissingAnswerException e) {
        collector.bad(source.bad(where + e.getMessage(), BadRow.Lack.ANSWER));
      } catch (InvalidInputException e) {
        collector.bad(source.bad(where + e.getMessage()));
      }
    }

    private void add(Source source, RecordFields fields) {
      if (fields.has(SENTENCES)) {
        List<RecordFields> sentences = fields.objects(SENTENCES);
        for (int i = 0; i < sentences.size(); i++) {
          RecordFields sentence = sentences.get(i);
          Source part = source.withPart(i + 1);
          orBad(part, "sentence " + part.part() + ": ", () -> addWords(part, sentence));
        }
      } else if (!fields.has("words") && !fields.has("tokens") && fields.has("text")) {
        collector.addInIob2(CharacterSpans.sentence(source, fields, tagged));
      } else {
        addWords(source, fields);
      }
    }

    private void addWords(Source source, RecordFields fields) {
      List<String> words = fields.words();
      Optional<List<String>> tags = tagged ? tags(fields) : Optional.of(List.of());
      if (tags.isEmpty()) {
        List<String> written = TagScheme.IOB2.fromSpans(words.size(), entities(fields));
        collector.addInIob2(new TaggedSentence(source, words, written, 0, null));
      } else if (tagged && tags.get().size() != words.size()) {
        throw InvalidInputException.of(
            "%d tags for %d words; each word needs one", tags.get().size(), words.size());
      } else {
        collector.add(new TaggedSentence(source, words, tags.get(), 0, null), List.of());
      }
    }

    private Optional<List<String>> tags(RecordFields fields) {
      return Stream.of("tags", "ner_tags", "named_entities")
          .filter(fields::has)
          .findFirst()
          .map(name -> tagNames.named(name, fields.textsOrNumbers(name)));
    }

    private static List<LabelledSpan> entities(RecordFields fields) {
      if (!fields.has("entities")) {
        throw new MissingAnswerException("there is neither 'tags' nor 'ner_tags' nor 'entities'");
      }
      return fields.objects("entities").stream()
          .map(
              entity ->
                  new LabelledSpan(
                      entity.wordIndex("start"), entity.wordIndex("end"), entity.text("type")))
          .toList();
    }
  }
}
