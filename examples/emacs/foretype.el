;;; foretype.el --- Foretype in Emacs 29 or newer, through its own LSP client -*- lexical-binding: t -*-

;; Load it from your init file:  (load "/path/to/foretype/examples/emacs/foretype.el")
;;
;; Eglot has no inline suggestions, so Foretype's are candidates of the ordinary completion: C-M-i shows them, as do
;; company and corfu. M-x foretype-explain says where the last one's time went, or why there was none. Code actions are
;; eglot's own: M-x eglot-code-actions.
;;
;; Tried by hand with Emacs 30.2 on Linux, in Python, with an endpoint: items of the completion and accepting one,
;; M-x foretype-explain, a code action and its undo. No automated test runs it. An answer that takes longer than 150 ms
;; is not waited for: C-M-i again brings it. Eglot lists code actions that can't be done here too, without saying why.
;; Eglot speaks to one server for a buffer: where you use another server for a language, leave that language out of
;; `foretype-modes'.

(require 'eglot)

(defgroup foretype nil
  "Suggestions from a model on this machine."
  :group 'tools)

(defcustom foretype-program "foretype"
  "The program, or its full path."
  :type 'string)

(defcustom foretype-modes '(python-mode python-ts-mode js-mode js-ts-mode go-ts-mode rust-ts-mode)
  "The modes in which Foretype is the language server."
  :type '(repeat symbol))

(add-to-list 'eglot-server-programs
             `(,foretype-modes . (,foretype-program "serve"
                                  ;; Settings, named as `foretype config' shows them.
                                  :initializationOptions (:completion (:popup "always")))))

(dolist (mode foretype-modes)
  (add-hook (intern (format "%s-hook" mode)) #'eglot-ensure))

;; What the server says of itself; eglot warns of notifications that it doesn't know.
(cl-defmethod eglot-handle-notification (_server (_method (eql didChangeStatus)) &key kind message &allow-other-keys)
  "Show an error of Foretype's; MESSAGE is one sentence, KIND how urgent it is."
  (when (equal kind "Error")
    (message "Foretype: %s" message)))

(defun foretype-explain ()
  "Say where the time of the last suggestion went, or why there was none."
  (interactive)
  (message "%s" (jsonrpc-request (eglot--current-server-or-lose) :workspace/executeCommand
                                 '(:command "foretype.explainLast" :arguments []))))

(provide 'foretype)
;;; foretype.el ends here
