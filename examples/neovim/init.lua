-- Foretype in Neovim 0.12 or newer, without a plugin: Neovim's own LSP client shows the suggestions.
-- Try it as it is:  nvim --clean -u examples/neovim/init.lua FILE
-- or call it from your own init.lua:  dofile('.../examples/neovim/init.lua')

local status = '' -- one sentence: loading and how far, ready, or what is wrong and what to do

vim.lsp.config('foretype', {
  cmd = { 'foretype', 'serve' }, -- or the full path of the program
  root_markers = { '.git' },
  -- init_options = { model = 'qwen2.5-coder-0.5b' }, -- settings, named as `foretype config` shows them
  handlers = {
    ['didChangeStatus'] = function(_, params)
      status = params.message
      vim.cmd.redrawstatus()
      if params.kind == 'Error' then
        vim.notify('Foretype: ' .. status, vim.log.levels.ERROR)
      end
    end,
  },
})
vim.lsp.enable('foretype')
vim.lsp.inline_completion.enable()

function _G.foretype_status()
  return status
end
vim.o.laststatus = 2
vim.o.statusline = ' %f %m %= %{v:lua.foretype_status()}  %l:%c '

-- What is on screen, and where. Neovim draws a suggestion as virtual text of this namespace.
local namespace = vim.api.nvim_create_namespace('nvim.lsp.inline_completion')

local function on_screen()
  local mark = vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, { details = true })[1]
  return mark and mark[4].virt_text[1][1]
end

-- Neovim asks 200 ms after the last key, and until the answer is there it draws the old suggestion, whatever was typed.
-- This takes the old one away as soon as what is typed differs from it.
local group = vim.api.nvim_create_augroup('foretype', {})
local typed_through = false

vim.api.nvim_create_autocmd('InsertCharPre', {
  group = group,
  callback = function()
    typed_through = vim.startswith(on_screen() or '', vim.v.char)
  end,
})
vim.api.nvim_create_autocmd({ 'LspAttach', 'InsertEnter' }, {
  group = group,
  callback = function(event)
    local watch = vim.schedule_wrap(function()
      vim.api.nvim_clear_autocmds({ group = group, buffer = event.buf })
      vim.api.nvim_create_autocmd({ 'CursorMovedI', 'TextChangedP' }, {
        group = group,
        buffer = event.buf,
        callback = function()
          if not typed_through then
            vim.api.nvim_buf_clear_namespace(event.buf, namespace, 0, -1)
          end
          typed_through = false
        end,
      })
    end)
    -- Neovim draws in the same autocommands, which it makes in a moment; these have to come after them.
    vim.schedule(watch)
  end,
})

-- Puts the part of the suggestion that `choose` returns into the buffer. Neovim's own way of accepting would repeat what
-- was typed since the suggestion was asked for.
local function accept(choose)
  if not on_screen() then
    return false
  end
  return vim.lsp.inline_completion.get({
    on_accept = function(item)
      local client = vim.lsp.get_client_by_id(item.client_id)
      if client.name ~= 'foretype' then
        return item
      end
      local row, column = unpack(vim.api.nvim_win_get_cursor(0))
      local range, text = item.range, item.insert_text
      local typed = vim.api.nvim_get_current_line():sub(range.start_col + 1, column)
      if range.start_row ~= row - 1 or not vim.startswith(text, typed) then
        return nil
      end
      local rest = text:sub(#typed + 1)
      local part = choose(rest)
      local replaced = part == rest and range.end_col - range.start_col or 0
      local lines = vim.split(part, '\n')
      vim.api.nvim_buf_set_text(0, row - 1, column, row - 1, column + replaced, lines)
      vim.api.nvim_win_set_cursor(0, { row + #lines - 1, (#lines == 1 and column or 0) + #lines[#lines] })
      if part == rest and item.command then
        client:exec_cmd(item.command, { bufnr = 0 })
      end
      return nil
    end,
  })
end

local function accept_or(key, choose)
  return function()
    return accept(choose) and '' or key
  end
end

vim.keymap.set('i', '<Tab>', accept_or('<Tab>', function(rest)
  return rest
end), { expr = true, desc = 'Accept the suggestion' })

vim.keymap.set('i', '<M-Right>', accept_or('<M-Right>', function(rest)
  return rest:match('^%s*[%w_]+') or rest:match('^%s*%S+') or rest
end), { expr = true, desc = "Accept the suggestion's next word" })

vim.keymap.set('n', '<Leader>fe', function()
  local client = vim.lsp.get_clients({ name = 'foretype', bufnr = 0 })[1]
  if client then
    client:request('workspace/executeCommand', { command = 'foretype.explainLast' }, function(err, explanation)
      vim.notify(err and err.message or explanation)
    end)
  end
end, { desc = 'Explain the last suggestion, or why there was none' })

vim.keymap.set('n', '<Leader>ft', function()
  vim.lsp.inline_completion.enable(not vim.lsp.inline_completion.is_enabled())
end, { desc = 'Switch suggestions on or off' })

-- Code actions of all servers, on what all of them report. Neovim's own `gra` tells a server of its own diagnostics only,
-- and Foretype fixes those of others.
vim.keymap.set({ 'n', 'x' }, '<Leader>fa', function()
  local line = vim.api.nvim_win_get_cursor(0)[1] - 1
  local diagnostics = vim.lsp.diagnostic.from(vim.diagnostic.get(0, { lnum = line }))
  vim.lsp.buf.code_action({ context = { diagnostics = diagnostics } })
end, { desc = 'Code actions, also for what others report' })

vim.keymap.set({ 'n', 'x' }, '<Leader>fr', function()
  local client = vim.lsp.get_clients({ name = 'foretype', bufnr = 0 })[1]
  if not client then
    return
  end
  local range = vim.fn.mode():lower() == 'v' and vim.lsp.util.make_given_range_params(nil, nil, 0, client.offset_encoding)
    or vim.lsp.util.make_range_params(0, client.offset_encoding)
  vim.ui.input({ prompt = 'Rewrite: ' }, function(instruction)
    if instruction and instruction ~= '' then
      local edit = { uri = range.textDocument.uri, range = range.range, instruction = instruction }
      client:exec_cmd({ title = instruction, command = 'foretype.edit', arguments = { edit } }, { bufnr = 0 })
    end
  end)
end, { desc = 'Rewrite the function or the selected lines as an instruction says' })
