/** Words with labels: CoNLL columns, entities in JSON, semantic roles, and the schemes of tags. */
package org.ptuning4j.data.tagging;
