/** The built-in tasks, and the registries of tasks and kinds of tasks. */
package org.ptuning4j.task.standard;
