package org.ptuning4j.task.standard;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.TextExample;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.input.InputSettings;
import org.ptuning4j.data.lama.Fact;
import org.ptuning4j.data.lama.LamaReader;
import org.ptuning4j.data.question.MultiRcExample;
import org.ptuning4j.data.question.QuestionExample;
import org.ptuning4j.data.question.ReCordExample;
import org.ptuning4j.data.tagging.RoleFrame;
import org.ptuning4j.data.tagging.TaggedSentence;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.choice.ChoiceExample;

/**
 * Every built-in task on a small text of our own, written field by field as the data set's official
 * release has it, and as the Hub's copy has it where that differs: training files with answers, and
 * test files without.
 */
class OfficialLayoutsTest {

  @TempDir Path folder;

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text, UTF_8);
  }

  private static <E extends Example> List<E> usable(Examples<E> read) {
    return read.usable(BadRowPolicy.REFUSE);
  }

  /** A task whose examples the test knows to be of that type. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Example> Task<E> task(String name) {
    return (Task<E>) Tasks.standard().get(name);
  }

  @SuppressWarnings("TypeParameterUnusedInFormals")
  private static <E extends Example> List<E> read(String task, Path file) {
    return usable(OfficialLayoutsTest.<E>task(task).read(InputFile.of(file)));
  }

  @SuppressWarnings("TypeParameterUnusedInFormals")
  private static <E extends Example> List<E> readUnlabelled(String task, Path file) {
    return usable(OfficialLayoutsTest.<E>task(task).readUnlabelled(InputFile.of(file)));
  }

  /** What a task makes of one line with an answer: its label, texts and id; and of one without. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        // the official releases
        "boolq|'question':'is tarn a town','passage':'Tarn -- Tarn is a town.','idx':4,'label':true"
            + "|true|is tarn a town|Tarn -- Tarn is a town.",
        "cb|'premise':'A: I think so. B: Do you?','hypothesis':'it is so','label':'contradiction',"
            + "'idx':4|contradiction|A: I think so. B: Do you?|it is so",
        "rte|'premise':'Ada sold boats.','hypothesis':'Ada had boats.','label':'not_entailment',"
            + "'idx':4|not_entailment|Ada sold boats.|Ada had boats.",
        "wic-marked|'word':'bank','sentence1':'The bank is shut.','sentence2':'A bank of"
            + " mud.','idx':4,"
            + "'label':false,'start1':4,'start2':2,'end1':8,'end2':6,'version':1.1|false|bank: The"
            + " bank is shut.|bank: A bank of mud.",
        "wsc|'text':'The kettle leaks and it is old.','target':{'span2_index':4,'span1_index':0,"
            + "'span1_text':'The kettle','span2_text':'it'},'idx':4,'label':true"
            + "|true|it: The kettle leaks and it is old.|The kettle",
        "axb|'sentence1':'The cat sat.','sentence2':'The cat did not sit.','idx':4,'label':"
            + "'not_entailment','logic':'Negation','lexical-semantics':'','knowledge':'',"
            + "'predicate-argument-structure':''|not_entailment|The cat sat.|The cat did not sit.",
        "axg|'idx':4,'hypothesis':'The cook was late.','pair_id':551,'premise':'The cook told the"
            + " guest that she was late.','label':'entailment'"
            + "|entailment|The cook told the guest that she was late.|The cook was late.",
        // the Hub's copies
        "boolq|'question':'is tarn a town','passage':'Tarn is a town.','idx':4,'label':1"
            + "|true|is tarn a town|Tarn is a town.",
        "cb|'premise':'A.','hypothesis':'b','idx':4,'label':1|contradiction|A.|b",
        "rte|'premise':'A.','hypothesis':'b','idx':4,'label':1|not_entailment|A.|b",
        "wic-marked|'word':'bank','sentence1':'A bank.','sentence2':'B"
            + " bank.','start1':2,'start2':2,'end1':6,'end2':6,'idx':4,'label':1|true|bank: A"
            + " bank.|bank: B bank.",
        "wsc|'text':'The kettle leaks and it is old.','span1_index':0,'span2_index':4,'span1_text':"
            + "'The kettle','span2_text':'it','idx':4,'label':0"
            + "|false|it: The kettle leaks and it is old.|The kettle",
        "axb|'sentence1':'A.','sentence2':'b','idx':4,'label':0|entailment|A.|b",
        "axg|'premise':'A.','hypothesis':'b','idx':4,'label':1|not_entailment|A.|b",
        "sst2|'sentence':'a delight ','label':1,'idx':4|1|a delight |",
      })
  void classificationsAreReadFieldByField(
      String task, String fields, String label, String text, String pair) throws IOException {
    String json = "{" + fields.replace('\'', '"') + "}\n";
    TextExample example = OfficialLayoutsTest.<TextExample>read(task, file("a.jsonl", json)).get(0);
    assertThat(example.label()).isEqualTo(label);
    assertThat(example.text().strip()).isEqualTo(text.strip());
    assertThat(example.pair()).isEqualTo(pair);
    assertThat(example.ids()).isEqualTo(Map.of("id", 4));

    // test files: the answer is absent, or in the Hub's copies -1
    String asked = json.replaceAll(",?\"label\":(\"\\w+\"|\\w+)", "").replace("{,", "{");
    Path test = file("test.jsonl", asked);
    Path hidden = file("hidden.jsonl", asked.replaceAll("}\n$", ",\"label\":-1}\n"));
    for (Path unlabelled : List.of(test, hidden)) {
      List<TextExample> read = readUnlabelled(task, unlabelled);
      assertThat(read).extracting(TextExample::text).containsExactly(example.text());
      task(task).requireSubmittable(cast(read));
    }
    assertThatThrownBy(() -> read(task, test))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("has no column 'label' (the label)");
    BadRow bad = task(task).read(InputFile.of(hidden)).badRows().get(0);
    assertThat(bad.lack()).isEqualTo(BadRow.Lack.ANSWER);
    assertThat(bad.source().ids()).isEqualTo(Map.of("id", 4));
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Example> List<E> cast(List<? extends Example> examples) {
    return (List<E>) examples;
  }

  @Test
  void copaHasAnIndexForItsLabel() throws IOException {
    String json =
        """
        {"premise": "The pipe froze.", "choice1": "It burst.", "choice2": "It sang.", "question": "effect", "label": 0, "idx": 2}
        {"premise": "The pipe burst.", "choice1": "It sang.", "choice2": "It froze.", "question": "cause", "label": 1, "idx": 7}
        """;
    List<ChoiceExample> read = read("copa", file("train.jsonl", json));
    assertThat(read).extracting(ChoiceExample::answer).containsExactly(0, 1);
    assertThat(read)
        .extracting(ChoiceExample::context)
        .containsExactly("The pipe froze. so", "The pipe burst. because");
    String hidden = json.replace("\"label\": 0", "\"label\": -1").replace("\"label\": 1,", "");
    Path test = file("test.jsonl", hidden);
    assertThat(readUnlabelled("copa", test)).hasSize(2);
    assertThat(task("copa").read(InputFile.of(test)).badRows())
        .extracting(BadRow::lack)
        .containsExactly(BadRow.Lack.ANSWER, BadRow.Lack.ANSWER);
  }

  @Test
  void multiRcNestsParagraphQuestionsAndAnswers() throws IOException {
    String json =
        """
        {"idx": 0, "version": 1.1, "passage": {"text": "Sent 1: Mia packed a map.", "questions": [{"question": "What did Mia pack?", "answers": [{"text": "A map", "idx": 0, "label": 1}, {"text": "", "idx": 1, "label": 0}], "idx": 0}, {"question": "Who packed?", "answers": [{"text": "Mia", "idx": 2, "label": 1}], "idx": 1}]}}
        """;
    List<MultiRcExample> read = read("multirc", file("train.jsonl", json));
    assertThat(read)
        .extracting(MultiRcExample::question, MultiRcExample::answer, MultiRcExample::label)
        .containsExactly(tuple(0, 0, true), tuple(0, 1, false), tuple(1, 2, true));
    String asked = json.replaceAll(", \"label\": \\d", "");
    assertThat(readUnlabelled("multirc", file("test.jsonl", asked))).hasSize(3);
  }

  @Test
  void reCordNestsPassageAndQueries() throws IOException {
    String json =
        """
        {"source": "Daily mail", "passage": {"text": "Jonas met Mia.\\n@highlight\\nMia smiled", "entities": [{"start": 0, "end": 4}, {"start": 10, "end": 12}, {"start": 26, "end": 28}]}, "qas": [{"query": "@placeholder is glad", "answers": [{"start": 10, "end": 12, "text": "Mia"}, {"start": 26, "end": 28, "text": "Mia"}], "idx": 11}], "idx": 3}
        """;
    ReCordExample read =
        OfficialLayoutsTest.<ReCordExample>read("record", file("train.jsonl", json)).get(0);
    assertThat(read.ids()).isEqualTo(Map.of("passage", 3, "query", 11));
    assertThat(read.text()).isEqualTo("Jonas met Mia.\n- Mia smiled");
    assertThat(read.entities()).containsExactly("Jonas", "Mia");
    assertThat(read.answers()).containsExactly("Mia");
    String asked = json.replaceAll(", \"answers\": \\[.*?\\]", "");
    assertThat(readUnlabelled("record", file("test.jsonl", asked))).hasSize(1);
  }

  @Test
  void sst2IsGluesTable() throws IOException {
    Path train =
        file("train.tsv", "sentence\tlabel\na \"fine\" film \t1\nno wit , only gags \t0\n");
    assertThat(OfficialLayoutsTest.<TextExample>read("sst2", train))
        .extracting(TextExample::label)
        .containsExactly("1", "0");
    Path test = file("test.tsv", "index\tsentence\n0\tuneasy mishmash .\n1\ta \"gem\"\n");
    List<TextExample> asked = readUnlabelled("sst2", test);
    assertThat(asked)
        .extracting(TextExample::text)
        .containsExactly("uneasy mishmash .", "a \"gem\"");
    assertThat(asked.get(1).ids()).isEqualTo(Map.of("id", "1"));
    task("sst2").requireSubmittable(cast(asked));
    List<TextExample> withoutNumbers = readUnlabelled("sst2", train);
    assertThatThrownBy(() -> task("sst2").requireSubmittable(cast(withoutNumbers)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("line 2: column 'index' is missing");
  }

  @Test
  void squadOneNestsArticlesParagraphsAndQuestions() throws IOException {
    String json =
        """
        {"data": [{"title": "Gull_Rock", "paragraphs": [{"context": "The tower was built in 1871.", "qas": [{"answers": [{"answer_start": 23, "text": "1871"}], "question": "When was it built?", "id": "5733be284776f41900661182"}]}]}], "version": "1.1"}
        """;
    QuestionExample read =
        OfficialLayoutsTest.<QuestionExample>read("squad1", file("train-v1.1.json", json)).get(0);
    assertThat(read.title()).isEqualTo("Gull_Rock");
    assertThat(read.ids()).isEqualTo(Map.of("id", "5733be284776f41900661182"));
    assertThat(read.answers()).containsExactly(new QuestionExample.Answer("1871", 23));
  }

  @Test
  void squadTwoHasQuestionsWithoutAnswers() throws IOException {
    String json =
        """
        {"version": "v2.0", "data": [{"title": "Gull_Rock", "paragraphs": [{"qas": [
        {"question": "When?", "id": "a", "answers": [{"text": "1871", "answer_start": 23}, {"text": "1871", "answer_start": 23}], "is_impossible": false},
        {"plausible_answers": [{"text": "tower", "answer_start": 4}], "question": "Why?", "id": "b", "answers": [], "is_impossible": true}],
        "context": "The tower was built in 1871."}]}]}
        """;
    List<QuestionExample> read = read("squad2", file("dev-v2.0.json", json));
    assertThat(read)
        .extracting(QuestionExample::id, QuestionExample::impossible)
        .containsExactly(tuple("a", false), tuple("b", true));
    assertThat(read.get(0).answers()).hasSize(2);
  }

  @Test
  void squadsCopiesHaveAQuestionARow() throws IOException {
    String json =
        """
        {"id":"a","title":"Gull_Rock","context":"Built in 1871.","question":"When?","answers":{"text":["1871"],"answer_start":[9]}}
        {"id":"b","title":"Gull_Rock","context":"Built in 1871.","question":"Why?","answers":{"text":[],"answer_start":[]}}
        """;
    List<QuestionExample> read = read("squad2", file("validation.jsonl", json));
    assertThat(read).extracting(QuestionExample::impossible).containsExactly(false, true);
    assertThat(read.get(0).answers()).containsExactly(new QuestionExample.Answer("1871", 9));
  }

  @Test
  void questionsWithoutIdsAreNoSubmission() throws IOException {
    String named = "{\"id\":\"a\",\"question\":\"When?\",\"context\":\"In 1871.\"}\n";
    Path file = file("test.jsonl", named + named.replace("\"id\":\"a\",", ""));
    List<QuestionExample> asked = readUnlabelled("squad2", file);
    assertThat(asked).hasSize(2);
    task("squad2").requireSubmittable(cast(asked.subList(0, 1)));
    assertThatThrownBy(() -> task("squad2").requireSubmittable(cast(asked)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "line 2: the question has no id, by which the server knows it; give each question an"
                + " 'id' of its own");
  }

  /** Line numbers would be no names to the server, and of two questions of a name one is lost. */
  @Test
  void questionsGoByTheNameThatTheirFileHasForThem() throws IOException {
    String nested =
        """
        {"data":[{"paragraphs":[{"context":"Mia left.","qas":[{"idx":70,"question":"Who?"},
        {"idx":71,"question":"Who else?"}]}]}]}
        """;
    String lines =
        """
        {"idx":70,"question":"Who?","context":"Mia left."}
        {"idx":71,"question":"Who else?","context":"Mia left."}
        """;
    for (String text : List.of(nested, lines)) {
      List<QuestionExample> asked = readUnlabelled("squad2", file("test.json", text));
      task("squad2").requireSubmittable(cast(asked));
      assertThat(asked).extracting(QuestionExample::id).containsExactly("70", "71");
      Path repeated = file("repeated.json", text.replace("71", "70"));
      List<QuestionExample> alike = readUnlabelled("squad2", repeated);
      assertThatThrownBy(() -> task("squad2").requireSubmittable(cast(alike)))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("the id 70 is that of an earlier question");
    }
  }

  /** Numbers that were made up would be another example's to the server. */
  @Test
  void rowsWithoutTheServersNumbersAreNoSubmission() throws IOException {
    String option = "{\"paragraph\":\"Mia left.\",\"question\":\"Who?\",\"answer\":\"Mia\"}";
    String numbered =
        option.replace("}", ",\"idx\":{\"paragraph\":4,\"question\":1,\"answer\":2}}");
    String query = "{\"passage\":\"Mia left.\",\"query\":\"@placeholder?\",\"entities\":[\"Mia\"]}";
    String known = query.replace("]}", "],\"idx\":{\"passage\":4,\"query\":7}}");
    task("multirc").requireSubmittable(cast(readUnlabelled("multirc", file("a", numbered))));
    task("record").requireSubmittable(cast(readUnlabelled("record", file("b", known))));
    for (List<String> each : List.of(List.of("multirc", option), List.of("record", query))) {
      List<Example> asked = readUnlabelled(each.get(0), file("c", each.get(1)));
      assertThatThrownBy(() -> task(each.get(0)).requireSubmittable(cast(asked)))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("line 1: column 'idx' is missing, must hold the numbers");
    }
  }

  @Test
  void conll03HasFourColumnsAndTagsInIob1() throws IOException {
    Path train =
        file(
            "eng.train",
            """
            -DOCSTART- -X- O O

            Tarn NNP I-NP I-ORG
            rejects VBZ I-VP O
            German JJ I-NP I-MISC
            Ada NNP I-NP I-PER
            Moor NNP I-NP I-PER
            Mia NNP I-NP B-PER

            -DOCSTART- -X- -X- O

            # NN I-NP O
            1 CD I-NP O

            """);
    List<TaggedSentence> read = read("conll03", train);
    assertThat(read)
        .extracting(TaggedSentence::tags)
        .containsExactly(
            List.of("B-ORG", "O", "B-MISC", "B-PER", "I-PER", "B-PER"), List.of("O", "O"));
    assertThat(read).extracting(TaggedSentence::document).containsExactly(0, 1);
    assertThat(read.get(1).words()).containsExactly("#", "1");
    assertThat(
            OfficialLayoutsTest.<TaggedSentence>readUnlabelled("conll03", train).get(0).hasTags())
        .isFalse();
  }

  @Test
  void germanConll03IsInLatin1AndHasLemmas() throws IOException {
    Path german = folder.resolve("deu.train");
    Files.writeString(
        german,
        """
        -DOCSTART- -X- -X- -X- O

        Schöne schön ADJA I-NC O
        Grüße <unknown> NN I-NC O
        aus aus APPR I-PC O
        Köln Köln NE I-NC I-LOC

        """,
        ISO_8859_1);
    assertThatThrownBy(() -> read("conll03", german))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("is not UTF-8");
    Examples<TaggedSentence> read =
        OfficialLayoutsTest.<TaggedSentence>task("conll03")
            .read(InputFile.of(german, InputSettings.DEFAULT.withEncoding("latin1")));
    assertThat(usable(read).get(0).words()).containsExactly("Schöne", "Grüße", "aus", "Köln");
    assertThat(usable(read).get(0).tags()).containsExactly("O", "O", "O", "B-LOC");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "conll03|{'id':'7','tokens':['EU','rejects','German'],'pos_tags':[22,42,16],'chunk_tags':[11,21,11],'ner_tags':[3,0,7]}|B-ORG,O,B-MISC",
        "wnut17|{'id':'7','tokens':['Empire','State','Building'],'ner_tags':[7,8,8]}|B-location,I-location,I-location",
        "ontonotes|{'document_id':'nw/wsj/23','sentences':[{'part_id':0,'words':['Ada','paid','two'],'pos_tags':[26,43,12],'parse_tree':'(S)','predicate_lemmas':[null,'pay',null],'predicate_framenet_ids':[null,'01',null],'word_senses':[null,1.0,null],'speaker':null,'named_entities':[1,0,27],'srl_frames':[{'verb':'paid','frames':['B-ARG0','B-V','B-ARG1']}],'coref_spans':[]}]}|B-PERSON,O,B-CARDINAL",
        "conll04|{'tokens':['Ada','Moor','died'],'entities':[{'start':0,'end':2,'type':'Peop'}],'relations':[{'head':0,'tail':0,'type':'Kill'}],'orig_id':5}|B-Peop,I-Peop,O",
      })
  void theHubsNumberedTagsAreTheTags(String task, String json, String tags) throws IOException {
    Path file = file("train.jsonl", json.replace('\'', '"') + "\n");
    List<TaggedSentence> read = read(task, file);
    assertThat(read).hasSize(1);
    assertThat(String.join(",", read.get(0).tags())).isEqualTo(tags);
    List<TaggedSentence> asked = readUnlabelled(task, file);
    assertThat(asked.get(0).words()).isEqualTo(read.get(0).words());
  }

  @Test
  void conll04sCorpusHasNineColumnsAndItsRelations() throws IOException {
    String text =
        """
        0\tPeop\t0\tO\tNNP/NNP\tAda/Moor\tO\tO\tO
        0\tO\t1\tO\t,\tCOMMA\tO\tO\tO
        0\tO\t2\tO\tVBZ\tlives\tO\tO\tO
        0\tO\t3\tO\tIN\tin\tO\tO\tO
        0\tLoc\t4\tO\tNNP\tTarn\tO\tO\tO
        0\tLoc\t5\tO\tNNP\tMoorland\tO\tO\tO
        0\tO\t6\tO\tCD\t1/2\tO\tO\tO

        0\t4\tLive_In

        1\tOther\t0\tO\tCD/NNS\t30/boats\tO\tO\tO
        1\tO\t1\tO\tVBD\tsank\tO\tO\tO


        """;
    List<TaggedSentence> read = read("conll04", file("conll04.corp", text));
    assertThat(read).hasSize(2);
    assertThat(read.get(0).words())
        .containsExactly("Ada", "Moor", ",", "lives", "in", "Tarn", "Moorland", "1/2");
    assertThat(read.get(0).tags())
        .containsExactly("B-Peop", "I-Peop", "O", "O", "O", "B-Loc", "B-Loc", "O");
    assertThat(read.get(1).tags()).containsExactly("B-Other", "I-Other", "O");
    assertThat(readUnlabelled("conll04", file("conll04.corp", text))).hasSize(2);
  }

  @Test
  void badLinesOfConll04sCorpusAreToldByTheirNumber() throws IOException {
    String word = "%d\t%s\t0\tO\tNN\train\tO\tO\tO\n";
    String text =
        word.formatted(0, "O")
            + "\n"
            + word.formatted(1, "Foo")
            + "\n"
            + word.formatted(2, "Loc")
            + word.formatted(2, "O").replace("\tO\n", "\n")
            + "\n"
            + word.formatted(3, "Org");
    Examples<TaggedSentence> read =
        OfficialLayoutsTest.<TaggedSentence>task("conll04")
            .read(InputFile.of(file("conll04.corp", text)));
    assertThat(read.examples()).extracting(TaggedSentence::line).containsExactly(1, 8);
    assertThat(read.badRows())
        .extracting(BadRow::toString)
        .containsExactly(
            "line 3: column 2 should be O, Peop, Loc, Org or Other, and column 3 the number of a"
                + " word",
            "line 6: 8 columns where words have 9 and relations 3");
  }

  /** Who numbers tags in another order may call the task as the published one is called. */
  @ParameterizedTest
  @ValueSource(strings = {"conll03", "wnut17", "ontonotes"})
  void publishedNumbersAreTheBuiltInTasksAndNotTheirNames(String name) throws IOException {
    boolean nested = name.equals("ontonotes");
    String field = nested ? "named_entities" : "ner_tags";
    String json = "{'words':['Ada','sings'],'%s':[1,0]}".formatted(field).replace('\'', '"');
    Path numbers = file("a.json", nested ? "{\"sentences\":[" + json + "]}" : json);
    Map<String, Object> built = task(name).definition();
    Task<?> restored = TaskKinds.standard().read(built);
    assertThat(restored.definition()).isEqualTo(built).containsEntry("tag_field", field);
    assertThat(usable(restored.read(InputFile.of(numbers)))).hasSize(1);
    Task<?> own = TaskKinds.standard().read(Map.of("kind", "entities", "name", name));
    assertThatThrownBy(() -> own.read(InputFile.of(numbers)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("its tags are numbers");
  }

  private static final String CONLL12 =
      """
      #begin document (bc/tarn/00/tarn_0000); part 000
      bc/tarn/00/tarn_0000   0    0     Ada    NNP  (TOP(S(NP*          -    -   -   Speaker#1   (PERSON*   (ARG0*   (ARG0*    (1
      bc/tarn/00/tarn_0000   0    1    Moor    NNP           *)         -    -   -   Speaker#1          *)       *)       *)    1)
      bc/tarn/00/tarn_0000   0    2  wanted    VBD       (VP*        want   01   1   Speaker#1          *      (V*)       *     -
      bc/tarn/00/tarn_0000   0    3      to     TO    (S(VP*            -    -   -   Speaker#1          *   (ARG1*        *     -
      bc/tarn/00/tarn_0000   0    4   leave     VB     (VP*         leave   01   -   Speaker#1          *        *      (V*)    -
      bc/tarn/00/tarn_0000   0    5    Tarn    NNP    (NP*))))          -    -   -   Speaker#1      (GPE)        *)  (ARG1*)    -
      bc/tarn/00/tarn_0000   0    6       .      .         *))          -    -   -   Speaker#1          *        *        *     -

      bc/tarn/00/tarn_0000   0    0     Two     CD  (TOP(NP*            -    -   -   Speaker#2  (CARDINAL)   -
      bc/tarn/00/tarn_0000   0    1   boats    NNS         *))       boat    -   1   Speaker#2          *    -

      #end document
      """;

  @Test
  void ontoNotesEntitiesAreBracketsOfTheConllFiles() throws IOException {
    Path file = file("tarn_0000.v4_gold_conll", CONLL12);
    List<TaggedSentence> read = read("ontonotes", file);
    assertThat(read).hasSize(2);
    assertThat(InputFile.of(file).<Optional<FileFormat>>look(task("ontonotes")::ownFormat))
        .contains(FileFormat.CONLL12);
    assertThat(read.get(0).words())
        .containsExactly("Ada", "Moor", "wanted", "to", "leave", "Tarn", ".");
    assertThat(read.get(0).tags())
        .containsExactly("B-PERSON", "I-PERSON", "O", "O", "O", "B-GPE", "O");
    assertThat(read.get(1).tags()).containsExactly("B-CARDINAL", "O");
    assertThat(readUnlabelled("ontonotes", file)).hasSize(2);
  }

  @Test
  void ontoNotesEntitiesThatAreBrokenAreToldByTheirLine() throws IOException {
    Path file = file("a.gold_conll", CONLL12.replace("(PERSON*", "*").replace("(GPE)", "(GPE*"));
    assertThat(task("ontonotes").read(InputFile.of(file)).badRows())
        .extracting(BadRow::toString)
        .containsExactly("line 3: '*)' closes a bracket that is not open (column 11)");
    Path open = file("b.gold_conll", CONLL12.replace("(GPE)", "(GPE*"));
    assertThat(task("ontonotes").read(InputFile.of(open)).badRows())
        .extracting(BadRow::toString)
        .containsExactly("line 7: column 11 opens a bracket that is not closed");
  }

  @Test
  void conll12HasAFrameForEachFrameset() throws IOException {
    Path file = file("tarn_0000.v4_gold_conll", CONLL12);
    List<RoleFrame> read = read("srl-conll12", file);
    assertThat(read)
        .extracting(RoleFrame::predicate, RoleFrame::lemma)
        .containsExactly(tuple(2, "want"), tuple(4, "leave"));
    assertThat(read.get(0).tags())
        .containsExactly("B-ARG0", "I-ARG0", "B-V", "B-ARG1", "I-ARG1", "I-ARG1", "O");
    assertThat(read.get(1).tags())
        .containsExactly("B-ARG0", "I-ARG0", "O", "O", "B-V", "B-ARG1", "O");
    assertThat(readUnlabelled("srl-conll12", file)).hasSize(2);
  }

  @Test
  void theHubsConll12NestsSentences() throws IOException {
    Path file =
        file(
            "train.jsonl",
            """
            {"document_id":"nw/tarn","sentences":[{"part_id":0,"words":["Ada","left"],"named_entities":[1,0],"srl_frames":[{"verb":"left","frames":["B-ARG0","B-V"]}],"coref_spans":[]},{"part_id":0,"words":["Oh"],"named_entities":[0],"srl_frames":[],"coref_spans":[]}]}
            """);
    List<RoleFrame> read = read("srl-conll12", file);
    assertThat(read).hasSize(1);
    assertThat(read.get(0).predicate()).isEqualTo(1);
    assertThat(read.get(0).tags()).containsExactly("B-ARG0", "B-V");
    assertThat(readUnlabelled("srl-conll12", file)).hasSize(1);
  }

  @Test
  void conll05HasWordsAndPropsSideBySide() throws IOException {
    String text =
        """
        Ada         -       (A0*      (A0*
        Moor        -           *)        *)
        wanted      want      (V*)        *
        to          -       (A1*          *
        leave       leave       *       (V*)
        Tarn        -           *)    (A1*)
        .           -           *         *

        Rain        -

        """;
    List<RoleFrame> read = read("srl-conll05", file("train-set", text));
    assertThat(read)
        .extracting(RoleFrame::predicate, RoleFrame::lemma)
        .containsExactly(tuple(2, "want"), tuple(4, "leave"));
    assertThat(read.get(1).tags()).containsExactly("B-A0", "I-A0", "O", "O", "B-V", "B-A1", "O");
    String targets = text.replaceAll("(?m) +[(*][^\\n]*$", "");
    assertThat(OfficialLayoutsTest.<RoleFrame>readUnlabelled("srl-conll05", file("test", targets)))
        .extracting(RoleFrame::predicate)
        .containsExactly(2, 4);
  }

  @Test
  void lamaHasAFactALineWithItsEvidences() throws IOException {
    Path fact =
        file(
            "P17.jsonl",
            """
            {"uuid": "a1", "obj_uri": "Q1", "obj_label": "Tarnland", "sub_uri": "Q2", "sub_label": "Gull Rock", "predicate_id": "P17", "evidences": [{"sub_surface": "Gull Rock", "obj_surface": "Tarnland", "masked_sentence": "Gull Rock is in [MASK]."}]}
            """);
    assertThat(usable(new LamaReader().read(fact)))
        .extracting(Fact::relation, Fact::subject, Fact::object)
        .containsExactly(tuple("P17", "Gull Rock", "Tarnland"));
    Path relations =
        file(
            "relations.jsonl",
            """
            {"relation": "P17", "template": "[X] is located in [Y] .", "label": "country", "description": "sovereign state of this item", "type": "N-1"}
            """);
    assertThat(new LamaReader().readRelations(relations).get("P17").label()).isEqualTo("country");
  }
}
